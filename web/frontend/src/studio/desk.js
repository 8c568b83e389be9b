// The bar above the drawing: what is saved and what is not, the draft, the check, and the way to publishing.
import { ask } from './dialogs.js';
import { showProblems } from './problems.js';

export class Desk {
  constructor(root, page, modeler) {
    Object.assign(this, { root, page, modeler, revision: page.revision, base: page.base, cleared: new Set(), saving: null, leaving: false });
  }

  start() {
    const commands = this.modeler.get('commandStack');
    this.savedAt = commands._stackIdx;
    this.modeler.on('commandStack.changed', () => this.tell());
    this.modeler.on('siklus.cleared', ({ element, name }) => this.cleared.add(`${element.id} ${name}`));
    this.modeler.on(['shape.remove', 'connection.remove'], ({ element }) => this.cleared.add(`${element.id} *`));
    this.modeler.on('element.updateId', ({ element }) => this.cleared.add(`${element.id} *`));
    this.on('save', () => this.save());
    this.on('check', () => (this.unsaved ? this.save() : this.check()));
    this.on('publish', async () => {
      if (await this.save()) this.go(this.page.urls.publish);
    });
    this.on('fit', () => this.modeler.get('canvas').zoom('fit-viewport', 'auto'));
    this.on('undo', () => commands.undo());
    this.on('redo', () => commands.redo());
    document.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === 's') {
        event.preventDefault();
        this.save();
      }
    });
    window.addEventListener('beforeunload', (event) => {
      if (this.unsaved && !this.leaving) event.preventDefault();
    });
    this.tell();
  }

  on(name, act) {
    this.root.querySelector(`[data-do="${name}"]`)?.addEventListener('click', (event) => {
      event.preventDefault();
      act();
    });
  }

  get unsaved() {
    return this.modeler.get('commandStack')._stackIdx !== this.savedAt;
  }

  tell(text) {
    const commands = this.modeler.get('commandStack');
    this.root.querySelector('[data-status]').textContent = text ?? (this.unsaved ? 'Ada perubahan yang belum disimpan' : this.page.state);
    this.root.querySelector('[data-do="undo"]').disabled = !commands.canUndo();
    this.root.querySelector('[data-do="redo"]').disabled = !commands.canRedo();
  }

  go(url) {
    this.leaving = true;
    location.assign(url);
  }

  /** Saves what is drawn as the draft and shows what the server finds; true when it is stored. One save at a time. */
  save(confirmed = []) {
    this.saving ??= this.#save(confirmed).finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  async #save(confirmed) {
    await this.#letFieldsFinish();
    const { xml } = await this.modeler.saveXML({ format: true });
    const at = this.modeler.get('commandStack')._stackIdx;
    this.tell('Menyimpan …');
    let answer;
    try {
      answer = await this.#send(xml, confirmed);
    } catch (problem) {
      console.warn('siklus: save', problem);
      this.tell('Belum tersimpan: sambungan terputus. Jangan tutup halaman ini, lalu simpan lagi.');
      return false;
    }
    return this.#take(answer, xml, at);
  }

  /** Asks the server again what is wrong: another file of the same draft may have changed. */
  async check() {
    const response = await fetch(this.page.urls.check, { headers: { Accept: 'application/json' } });
    if (!response.ok) return this.tell(`Belum diperiksa: server menjawab ${response.status}.`);
    showProblems(this.root, this.modeler, this.page, (await response.json()).problems);
    return this.tell('Sudah diperiksa');
  }

  /** A field of the panel writes a moment after the last key; leaving it writes at once. */
  async #letFieldsFinish() {
    if (this.root.querySelector('[data-panel]').contains(document.activeElement)) document.activeElement.blur();
    await new Promise((resolve) => {
      setTimeout(resolve, 350);
    });
  }

  async #send(xml, confirmed) {
    const response = await fetch(this.page.urls.save, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this.page.csrf, Accept: 'application/json' },
      body: JSON.stringify({ xml, revision: this.revision, base: this.base, cleared: [...this.cleared], confirmed })
    });
    const body = response.headers.get('Content-Type')?.includes('json') ? await response.json() : {};
    return { status: response.status, body };
  }

  async #take({ status, body }, xml, at) {
    if (status === 200) {
      this.revision = body.revision;
      this.base = body.base;
      this.savedAt = at;
      this.cleared.clear();
      this.page.state = body.state;
      showProblems(this.root, this.modeler, this.page, body.problems);
      this.tell();
      return true;
    }
    this.tell('Belum tersimpan');
    if (status === 409) await this.#conflict(body, xml);
    else if (status === 422 && body.lost) return this.#loss(body, xml);
    else await ask({ title: 'Belum tersimpan', text: body.message ?? `Server menjawab ${status}. Unduh gambar Anda, muat ulang halaman ini, lalu masuk lagi.`, choices: [{ label: 'Unduh gambar saya', act: () => download(this.page.name, xml) }, { label: 'Tutup' }] });
    return false;
  }

  #conflict(body, xml) {
    return ask({
      title: 'Orang lain telah menyimpan berkas ini',
      text: body.message,
      choices: [
        { label: 'Unduh gambar saya', act: () => download(this.page.name, xml) },
        { label: 'Buka yang terbaru', act: () => this.go(location.href) },
        { label: 'Kembali ke gambar' }
      ]
    });
  }

  /** The server would lose values that nobody took away on purpose: it says which, and only a yes saves without them. */
  async #loss(body) {
    const answer = await ask({
      title: 'Simpan tanpa nilai ini?', text: body.message, list: body.lost.map(({ words }) => words),
      choices: [{ label: 'Simpan tanpa nilai itu', value: 'yes' }, { label: 'Jangan simpan' }]
    });
    if (answer !== 'yes') return false;
    this.saving = null;
    return this.save(body.lost.map(({ key }) => key));
  }
}

function download(name, xml) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([xml], { type: 'application/xml' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
