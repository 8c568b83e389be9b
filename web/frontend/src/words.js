// The sentences that scripts say, in the page's language; Indonesian is the source.
const WORDS = {
  id: {
    unsaved: 'Ada perubahan yang belum tersimpan',
    saved: 'Tersimpan pukul {time}',
    offline: 'Sambungan terputus. Isian Anda disimpan di perangkat ini dan akan dikirim saat tersambung lagi.',
    refused: 'Belum tersimpan. Muat ulang halaman ini; isian Anda disimpan di perangkat ini.',
    found: 'Di perangkat ini ada isian dari {time} yang belum sampai ke server.',
    restore: 'Pulihkan isian itu',
    discard: 'Buang',
    done: 'selesai',
    now: 'sedang berjalan',
    visits: '{count} kali',
    process: 'Proses',
    show: 'Tunjukkan di diagram',
    open: 'Buka {name}',
    noDiagram: 'Diagram tidak dapat dimuat. Riwayat di halaman ini tetap lengkap.'
  },
  en: {
    unsaved: 'There are changes that are not saved yet',
    saved: 'Saved at {time}',
    offline: 'The connection is gone. What you typed is kept on this device and will be sent when it is back.',
    refused: 'Not saved. Reload this page; what you typed is kept on this device.',
    found: 'This device holds answers from {time} that did not reach the server.',
    restore: 'Restore them',
    discard: 'Discard',
    done: 'done',
    now: 'in progress',
    visits: '{count} times',
    process: 'Process',
    show: 'Show in the diagram',
    open: 'Open {name}',
    noDiagram: 'The diagram cannot be loaded. The timeline on this page is complete all the same.'
  }
};

export const language = () => (document.documentElement.lang === 'en' ? 'en' : 'id');

/** The sentence of a key, with {names} filled in. */
export function say(key, values = {}) {
  return fill(WORDS[language()][key], values);
}

/** Replaces each {name} of a text by its value; unknown names stay. */
export function fill(text, values = {}) {
  return text.replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);
}

/** A moment's local time of day as people write it: 09.41. */
export function timeOfDay(moment = new Date()) {
  return moment.toLocaleTimeString(language() === 'en' ? 'en-GB' : 'id-ID', { hour: '2-digit', minute: '2-digit' });
}
