// The drawing tools in Indonesian. Keys are bpmn-js's own labels, whatever their case; names of events are composed.
const WORDS = {
  'activate hand tool': 'Geser kertas',
  'activate lasso tool': 'Pilih beberapa sekaligus',
  'activate create/remove space tool': 'Tambah atau kurangi ruang',
  'activate global connect tool': 'Hubungkan',
  'append end event': 'Tambahkan akhir',
  'append gateway': 'Tambahkan percabangan',
  'append task': 'Tambahkan tugas',
  'append intermediate/boundary event': 'Tambahkan kejadian antara',
  'append conditional intermediate catch event': 'Tambahkan tunggu syarat',
  'append message intermediate catch event': 'Tambahkan tunggu pesan',
  'append signal intermediate catch event': 'Tambahkan tunggu sinyal',
  'append timer intermediate catch event': 'Tambahkan tunggu waktu',
  'append receive task': 'Tambahkan tugas terima',
  'append compensation activity': 'Tambahkan kegiatan pembatalan',
  'add text annotation': 'Tambahkan catatan',
  'add lane above': 'Tambah jalur di atas',
  'add lane below': 'Tambah jalur di bawah',
  'divide into two lanes': 'Bagi menjadi dua jalur',
  'divide into three lanes': 'Bagi menjadi tiga jalur',
  'align elements': 'Ratakan',
  'align elements left': 'Ratakan kiri',
  'align elements center': 'Ratakan tengah mendatar',
  'align elements right': 'Ratakan kanan',
  'align elements top': 'Ratakan atas',
  'align elements middle': 'Ratakan tengah tegak',
  'align elements bottom': 'Ratakan bawah',
  'distribute elements horizontally': 'Sebar merata mendatar',
  'distribute elements vertically': 'Sebar merata tegak',
  'change element': 'Ubah jenis',
  'connect to other element': 'Hubungkan ke elemen lain',
  'connect using association': 'Hubungkan sebagai catatan',
  'create start event': 'Awal',
  'create end event': 'Akhir',
  'create intermediate/boundary event': 'Kejadian antara atau tepi',
  'create gateway': 'Percabangan',
  'create task': 'Tugas',
  'create expanded sub-process': 'Subproses',
  'create data object reference': 'Objek data',
  'create pool/participant': 'Kolam dan jalur',
  'delete': 'Hapus',
  'search in diagram': 'Cari di diagram',
  'search': 'Cari',
  'toggle non-interrupting': 'Ubah: menghentikan atau tidak',
  'open {element}': 'Buka {element}',
  'loop': 'Berulang selama',
  'parallel multi-instance': 'Untuk setiap butir, serentak',
  'sequential multi-instance': 'Untuk setiap butir, satu per satu',
  'participant multiplicity': 'Peserta jamak',
  'task': 'Tugas',
  'user task': 'Tugas orang',
  'service task': 'Tugas layanan',
  'script task': 'Tugas naskah',
  'business rule task': 'Tugas keputusan',
  'manual task': 'Tugas manual',
  'send task': 'Tugas kirim',
  'receive task': 'Tugas terima',
  'call activity': 'Panggilan proses',
  'sub-process (collapsed)': 'Subproses (terlipat)',
  'sub-process (expanded)': 'Subproses (terbuka)',
  'sub-process': 'Subproses',
  'sub process': 'Subproses',
  'event sub-process': 'Subproses kejadian',
  'exclusive gateway': 'Percabangan: satu jalan',
  'parallel gateway': 'Percabangan: semua jalan',
  'inclusive gateway': 'Percabangan: beberapa jalan',
  'event-based gateway': 'Percabangan: kejadian mana dulu',
  'event based gateway': 'Percabangan: kejadian mana dulu',
  'sequence flow': 'Alur',
  'default flow': 'Alur bawaan',
  'conditional flow': 'Alur bersyarat',
  'data object': 'Objek data',
  'data object reference': 'Objek data',
  'text annotation': 'Catatan',
  'association': 'Garis catatan',
  'process': 'Proses',
  'collaboration': 'Kolaborasi',
  'participant': 'Kolam',
  'lane': 'Jalur',
  'select an element to edit its properties.': 'Pilih sebuah elemen untuk mengubah sifatnya.',
  'multiple elements are selected. select a single element to edit its properties.': 'Beberapa elemen terpilih. Pilih satu untuk mengubah sifatnya.',
  'toggle section': 'Buka atau tutup bagian',
  'section contains an error': 'Bagian ini memuat kesalahan',
  'section contains edits': 'Bagian ini terisi',
  '<empty>': '<kosong>',
  'toggle list item': 'Buka atau tutup butir',
  'delete item': 'Hapus butir',
  'create new list item': 'Tambah butir',
  'create': 'Tambah',
  'list contains {numofitems} item': 'Daftar berisi {numOfItems} butir',
  'list contains {numofitems} items': 'Daftar berisi {numOfItems} butir',
  'open pop-up editor': 'Buka penyunting besar'
};
const KINDS = {
  message: 'pesan', timer: 'waktu', signal: 'sinyal', error: 'kesalahan', escalation: 'eskalasi', conditional: 'syarat',
  terminate: 'hentikan semua', link: 'tautan', cancel: 'batal', compensation: 'pembatalan'
};
const PLACES = {
  start: 'Awal', 'intermediate catch': 'Tunggu', 'intermediate throw': 'Kirim', intermediate: 'Kejadian antara', boundary: 'Tepi', end: 'Akhir'
};
const EVENT = /^(?:(\w+) )?(start|intermediate catch|intermediate throw|intermediate|boundary|end) event( \(non-interrupting\))?$/;

/** The Indonesian label, or the label itself where it has no other word; {names} are filled in. */
export function translate(label, values = {}) {
  const key = label.toLowerCase().replace('non interrupting', 'non-interrupting');
  return (WORDS[key] ?? eventName(key) ?? label).replace(/{([^}]+)}/g, (whole, name) => values[name] ?? whole);
}

/** "timer boundary event (non-interrupting)" -> "Tepi: waktu (tidak menghentikan)". */
function eventName(key) {
  const [, kind, place, running] = key.match(EVENT) ?? [];
  if (!place || (kind && !KINDS[kind])) return undefined;
  return PLACES[place] + (kind ? `: ${KINDS[kind]}` : '') + (running ? ' (tidak menghentikan)' : '');
}

export default { translate: ['value', translate] };
