package tally

// Definition says what a figure means, in Indonesian and in English. A figure
// is called as its member in the JSON files; where several objects have a
// member of that name, that of the object goes before: "commitments.pledged",
// "happened.pledged".
type Definition struct {
	Figure string `json:"figure"` // stable
	ID     string `json:"id"`     // Indonesian
	EN     string `json:"en"`
}

// Defined returns the definition of a figure, and false when there is none.
func Defined(figure string) (Definition, bool) {
	for _, d := range Definitions {
		if d.Figure == figure {
			return d, true
		}
	}
	return Definition{}, false
}

// Definitions says of every figure of the statistics and the reports what is
// counted, what is left out, as of when, and how it is rounded.
var Definitions = []Definition{
	// When, and of what.
	{"asOf", "Saat hitung. Semua angka menyebut keadaan tepat sebelum saat ini, dari semua komitmen dan kebutuhan yang tercatat. Pada laporan, saat hitung adalah berakhirnya periode menurut zona waktu wilayah; yang terjadi pada saat itu atau sesudahnya tidak ikut.",
		"Instant of the count. Every figure says how things stood just before it, from all commitments and needs on record. Of a report it is the end of the period in the region's time zone; what happened at that instant or later is not in it."},
	{"whole", "Seluruh wilayah yang disebut, tanpa pembagian. Jumlah setiap pembagian (wilayah, jenis kolaborator, jenis penerima, jenis bantuan, program, jalur) sama dengan angka ini.",
		"The whole area, not split. Every split (areas, classes, kinds, packages, programs, routes) adds up to it."},
	{"areas", "Pembagian menurut wilayah tepat di bawahnya, yaitu wilayah penerima bantuan. Wilayah asal kolaborator tidak dicatat.",
		"Split by the areas directly inside, those of the recipients. Where collaborators live is not recorded."},
	{"classes", "Pembagian menurut jenis kolaborator: lembaga sosial, badan usaha, perorangan, komunitas, instansi pemerintah. Dinyatakan sendiri oleh kolaborator. Kebutuhan tidak dibagi menurut jenis kolaborator.",
		"Split by class of collaborator: social organization, business, individual, community, government. Stated by the collaborator. What is needed has no class."},
	{"kinds", "Pembagian menurut jenis penerima, misalnya RW, panti asuhan, atau pesantren.",
		"Split by kind of recipient, such as RW, orphanage or pesantren."},
	{"packages", "Pembagian menurut jenis bantuan. Satu komitmen dihitung sekali, pada jenis bantuan yang ditulis pertama; nilai dan satuannya dihitung pada jenisnya masing-masing. Kunci kosong berarti bantuan di luar daftar kebutuhan.",
		"Split by kind of aid. A commitment counts once, at the kind of its first line; value and units count at the kind of each line. The empty key is aid outside any need line."},
	{"programs", "Pembagian menurut program, misalnya pangan atau UMKM.",
		"Split by programme, such as food or small business."},
	{"routes", "Pembagian menurut jalur: diantar langsung oleh kolaborator atau lewat mitra penyalur. Bantuan lewat mitra penyalur dihitung sekali, pada kolaborator yang memberinya.",
		"Split by route: brought by the collaborator or carried by an aggregator. A gift through an aggregator counts once, at whoever gives it."},
	{"key", "Kunci baris: kode wilayah, atau kode jenis kolaborator, jenis penerima, jenis bantuan, program, atau jalur.",
		"Key of the row: the code of an area, or of a class, kind, package, programme or route."},

	// Three forms that are never added.
	{"gift", "Nilai pemberian menurut daftar kebutuhan, dalam rupiah: jumlah satuan × harga acuan pada hari komitmen dibuat (untuk kebutuhan: pada hari kebutuhan terakhir dikonfirmasi), atau perkiraan kolaborator bila tidak ada harga acuan. Kebutuhan tanpa harga acuan tidak punya nilai di sini dan hanya terbaca dalam satuan. Tidak pernah dijumlahkan dengan pinjaman atau bantuan di luar daftar.",
		"Value of gifts against listed needs, in rupiah: units × reference price on the day of the commitment (for needs: on the day on which they were last confirmed), or the collaborator's estimate where there is no reference price. Needs without a reference price have no value here and show in units only. Never added to loans or free aid."},
	{"loan", "Nilai pinjaman, dalam rupiah. Pinjaman harus dikembalikan, jadi tidak pernah dijumlahkan dengan pemberian atau bantuan di luar daftar.",
		"Value of loans, in rupiah. A loan is paid back, so it is never added to gifts or free aid."},
	{"free", "Nilai bantuan di luar daftar kebutuhan, dalam rupiah, menurut perkiraan kolaborator sendiri. Tidak pernah dijumlahkan dengan pemberian atau pinjaman.",
		"Value of aid outside any need line, in rupiah, by the collaborator's own estimate. Never added to gifts or loans."},
	{"units", "Banyaknya satuan dari satu jenis bantuan (paket, porsi, orang …). Satuan dari jenis yang berbeda tidak pernah dijumlahkan.",
		"Units of one kind of aid. Units of different kinds are never added."},

	// States.
	{"needed", "Dibutuhkan: yang tercatat sebagai kebutuhan pada saat hitung, termasuk yang sudah dijanjikan, dikirim, atau diterima.",
		"Needed: what was listed as a need at the instant of the count, including what is promised, delivered or received by now."},
	{"committed", "Dijanjikan: sudah dijanjikan lewat komitmen yang terkonfirmasi dan belum dilaporkan terkirim. Bagian yang masih dipersengketakan termasuk di sini. Komitmen yang belum dikonfirmasi, gugur, atau dibatalkan tidak ikut.",
		"Committed: promised by a verified commitment and not yet reported as delivered. What is disputed is part of it. Unverified, lapsed and withdrawn commitments are not."},
	{"delivered", "Dikirim: dilaporkan terkirim oleh kolaborator dan belum dijawab penanggung jawab penerima.",
		"Delivered: reported by the collaborator and not yet answered by the recipient's steward."},
	{"received", "Diterima: dikonfirmasi oleh penanggung jawab penerima, atau oleh petugas berdasarkan BAST yang ditandatangani. Bila jumlahnya dipersengketakan, angka yang lebih rendah berlaku sampai selesai.",
		"Received: confirmed by the recipient's steward, or by an officer from the signed hand-over record. Where the two sides differ, the lower figure counts until it is settled."},
	{"disputed", "Dipersengketakan: selisih antara yang dilaporkan dan yang diakui diterima, selama belum selesai. Bagian dari yang dijanjikan, bukan tambahan.",
		"Disputed: the difference between what was reported and what was confirmed, until it is settled. Part of committed, not beside it."},
	{"lapsed", "Gugur: isi komitmen yang gugur karena tidak ada kontak dalam 2×24 jam. Kembali menjadi kebutuhan terbuka dan tidak ikut pada keadaan lain.",
		"Lapsed: what commitments promised that ended without contact within 2×24 hours. It is open again and in no other state."},
	{"withdrawn", "Dibatalkan: isi komitmen yang ditarik kembali sebelum ada yang diterima. Kembali menjadi kebutuhan terbuka dan tidak ikut pada keadaan lain.",
		"Withdrawn: what commitments promised that were taken back before anything was received. It is open again and in no other state."},
	{"remaining", "Belum dijanjikan siapa pun: dibutuhkan dikurangi dijanjikan, dikirim, dan diterima.",
		"Remaining, promised by nobody: needed less committed, delivered and received."},

	// Commitments.
	{"commitments", "Banyaknya komitmen. Satu komitmen adalah janji satu kolaborator kepada satu penerima, berapa pun jenis bantuannya. Komitmen yang tidak pernah dikonfirmasi tidak dihitung.",
		"Number of commitments. One commitment is the promise of one collaborator to one recipient, of however many kinds of aid. Those never verified are not counted."},
	{"commitments.pledged", "Komitmen yang pernah dikonfirmasi sampai saat hitung, apa pun akhirnya.",
		"Commitments ever pledged up to the instant, whatever became of them."},
	{"commitments.holding", "Komitmen yang berlaku: masih berjalan atau sudah dipenuhi. Yang gugur atau dibatalkan tidak ikut.",
		"Commitments that hold: still under way, or fulfilled. Lapsed and withdrawn ones are left out."},
	{"commitments.delivered", "Komitmen yang sudah ada penyalurannya, tetapi belum semuanya dikonfirmasi atau belum semuanya dikirim.",
		"Commitments of which something was delivered and not all of it is confirmed, or not all is delivered."},
	{"commitments.received", "Komitmen yang selesai: semua yang dikirim sudah dikonfirmasi dan tidak ada lagi yang akan dikirim.",
		"Commitments fulfilled: all that was delivered is confirmed and nothing more is to come."},
	{"commitments.disputed", "Komitmen yang jumlahnya sedang dipersengketakan pada saat hitung.",
		"Commitments about which the two sides differ at the instant of the count."},
	{"commitments.lapsed", "Komitmen yang pada saat hitung gugur karena tidak ada kontak dalam 2×24 jam. Yang diperpanjang sesudah gugur tidak ikut.",
		"Commitments that are lapsed at the instant of the count. Those renewed after they lapsed are not among them."},
	{"commitments.withdrawn", "Komitmen yang dibatalkan, atau yang ternyata tidak ada satu pun barangnya diterima.",
		"Commitments that were withdrawn, or of which nothing at all arrived."},
	{"commitments.disputes", "Komitmen yang pernah dipersengketakan, termasuk yang sudah selesai.",
		"Commitments that ever had a delivery about which the two sides differed, settled ones included."},
	{"share", "Bagian baris ini dari semua komitmen yang berlaku, dalam persepuluhribu, dibulatkan ke bawah; −1 bila tidak ada komitmen. Bagian dihitung dari banyaknya komitmen, bukan dari nilai. Karena pembulatan, jumlah semua baris bisa sedikit kurang dari 10.000.",
		"The row's part of all commitments that hold, in ten-thousandths, rounded down; −1 where there are none. It is a share of commitments, not of value. Rounded parts may add up to slightly less than 10,000."},
	{"collaborators", "Kolaborator yang berbeda di antara semua komitmen yang pernah dikonfirmasi. Yang memberi berkali-kali dihitung sekali; dikenali dari kontak yang terbukti, sehingga orang yang memakai dua alamat terhitung dua. Jumlah antarbaris bisa lebih besar dari keseluruhan, karena satu kolaborator dapat memberi di beberapa tempat.",
		"Different collaborators of commitments ever pledged. Whoever gave several times counts once; they are told apart by the contact they proved, so one person with two addresses counts twice. Rows may add up to more than the whole, for one collaborator may give in several places."},
	{"collaborators.n", "Banyaknya kolaborator yang berbeda. Tepat sampai 10.000.",
		"How many different collaborators there are. Exact up to 10,000."},
	{"collaborators.estimated", "Benar bila banyaknya kolaborator adalah perkiraan: di atas 10.000, dengan galat baku 1%.",
		"True when the number is an estimate: above 10,000, with a standard error of 1%."},

	// The register.
	{"place", "Daftar penerima di wilayah baris itu.", "The register of recipients of the row's area."},
	{"register", "Daftar penerima di wilayah yang disebut. Nama, kepala keluarga, dan jiwa menurut data terakhir; yang tutup tetap dihitung.",
		"The register of recipients of the area. Names, households and people are those known last; closed ones still count."},
	{"recipients", "Banyaknya penerima terdaftar: RW, panti, pesantren, sekolah, UMKM, dan lainnya. Bukan orang.",
		"Recipients on the register: RW, homes, pesantren, schools, small businesses and others. Never persons."},
	{"households", "Banyaknya kepala keluarga (KK) pada penerima terdaftar, menurut data terakhir.",
		"Households of the recipients on the register, as known last."},
	{"people", "Banyaknya jiwa pada penerima terdaftar, menurut data terakhir.",
		"People of the recipients on the register, as known last."},
	{"unreached", "Penerima yang punya kebutuhan dan belum pernah dikirimi atau menerima bantuan apa pun. Yang baru dijanjikan masih terhitung di sini.",
		"Recipients that need something and for which nothing was delivered or received so far. A mere promise does not take them off."},
	{"coverage", "Cakupan pangan: hari pangan satu keluarga yang diterima dibagi yang dibutuhkan, dalam persepuluhribu, dibulatkan ke bawah; −1 bila tidak ada kebutuhan pangan. Bantuan yang bukan pangan tidak ikut.",
		"Food coverage: household-days of food received ÷ needed, in ten-thousandths, rounded down; −1 where no food is needed. Aid that is not food is left out."},
	{"householdDays", "Hari pangan satu keluarga yang diterima, dibulatkan ke bawah. Satu paket sembako, misalnya, mencukupi satu keluarga selama tujuh hari.",
		"Days of one household's food that were received, rounded down. A package of staples, for one, feeds one household for seven days."},
	{"perThousandHouseholds", "Nilai yang diterima per 1.000 KK, dalam rupiah, dibulatkan ke bawah; −1 bila jumlah KK tidak diketahui. Di sini pemberian dan bantuan di luar daftar dihitung bersama; pinjaman tidak ikut.",
		"Value received for each 1,000 households, in rupiah, rounded down; −1 where no household is known. Gifts and free aid count here together; loans are left out."},
	{"reached", "Penerima yang sudah menerima sesuatu dan dikonfirmasi.",
		"Recipients that something was received by, as confirmed."},
	{"demo", "Penerima yang dikarang untuk peragaan. Bila lebih dari nol, angka-angka ini memuat data contoh.",
		"Recipients invented for a demonstration. Above zero, these figures contain demo data."},
	{"openCommitments", "Sama dengan komitmen yang berlaku.", "The same as commitments that hold."},

	// How soon.
	{"contact", "Seberapa cepat janji menjadi pembicaraan, dan berapa yang tidak jadi, dari semua komitmen yang pernah dikonfirmasi sampai saat hitung.",
		"How soon promises become talks, and how many come to nothing, of all commitments ever pledged up to the instant."},
	{"contact.pledged", "Komitmen yang pernah dikonfirmasi; dasar kedua bagian di bawahnya.",
		"Commitments ever pledged; what the two shares are of."},
	{"contact.contacted", "Komitmen yang kedua pihaknya sudah berbicara. Bila tidak dicatat, penyaluran pertama dihitung sebagai kontak.",
		"Commitments whose two sides have spoken. Where nobody said so, the first delivery counts as contact."},
	{"medianHours", "Median jam sampai kontak: jam bulat terkecil yang di dalamnya paling sedikit separuh dari yang sudah berkontak telah berbicara, dihitung dari konfirmasi komitmen dan dibulatkan ke bawah. Yang masih menunggu atau gugur tidak ikut. Kosong bila belum ada kontak.",
		"Median hours to contact: the smallest number of whole hours, rounded down, from the pledge within which at least half of those who were contacted were. Those who wait, or lapsed, are left out. Null where nobody was."},
	{"p90Hours", "Persentil ke-90 jam sampai kontak: seperti median, tetapi untuk sembilan dari sepuluh yang sudah berkontak.",
		"90th percentile of hours to contact: like the median, for nine in ten of those who were contacted."},
	{"lapseShare", "Bagian komitmen yang gugur pada saat hitung dari semua yang pernah dikonfirmasi, dalam persepuluhribu, dibulatkan ke bawah; −1 bila belum ada.",
		"Commitments lapsed at the instant ÷ ever pledged, in ten-thousandths, rounded down; −1 where there are none."},
	{"disputeShare", "Bagian komitmen yang pernah dipersengketakan dari semua yang pernah dikonfirmasi, dalam persepuluhribu, dibulatkan ke bawah; −1 bila belum ada.",
		"Commitments ever disputed ÷ ever pledged, in ten-thousandths, rounded down; −1 where there are none."},
	{"contactHours", "Banyaknya komitmen menurut jam bulat antara konfirmasi dan kontak. Kolom 96 memuat juga semua yang lebih lama.",
		"Commitments by the whole hours between pledge and contact. Column 96 also holds all that took longer."},

	// Days.
	{"days", "Kejadian per hari kalender menurut zona waktu wilayah. Hari yang sudah lewat tidak berubah lagi: yang diperpanjang atau diselesaikan kemudian dihitung pada harinya sendiri. Pemberian dan bantuan di luar daftar dihitung bersama; pinjaman tidak ikut pada nilai.",
		"What happened on each calendar day of the region's time zone. A day that is over does not change: what is renewed or settled later counts on its own day. Values hold gifts and free aid together and leave out loans."},
	{"weeks", "Kejadian per pekan, Senin sampai Minggu (ISO 8601). Pada laporan hanya hari-hari periode itu yang ikut.",
		"What happened in each week, Monday to Sunday (ISO 8601). Of a report, only the days of its period are in it."},
	{"months", "Kejadian per bulan kalender. Pada laporan hanya hari-hari periode itu yang ikut.",
		"What happened in each calendar month. Of a report, only the days of its period are in it."},
	{"period", "Hari (2026-03-31), pekan (2026-W14), atau bulan (2026-03).", "Day (2026-03-31), week (2026-W14) or month (2026-03)."},
	{"happened", "Kejadian dalam periode itu, dihitung dari langkah-langkah yang tercatat pada hari-harinya.",
		"What happened in the period, from the steps recorded on its days."},
	{"happened.pledged", "Komitmen yang dikonfirmasi pada hari itu.", "Commitments pledged on that day."},
	{"happened.pledgedValue", "Nilai komitmen yang dikonfirmasi pada hari itu, dalam rupiah, tanpa pinjaman.",
		"Value of the commitments pledged on that day, in rupiah, loans left out."},
	{"happened.delivered", "Penyaluran yang dilaporkan pada hari itu. Satu komitmen dapat disalurkan beberapa kali.",
		"Hand-overs reported on that day. One commitment may be delivered in several parts."},
	{"happened.deliveredValue", "Nilai penyaluran yang dilaporkan pada hari itu, dalam rupiah, tanpa pinjaman.",
		"Value of the hand-overs reported on that day, in rupiah, loans left out."},
	{"happened.received", "Jawaban penanggung jawab penerima dan penyelesaian sengketa pada hari itu. Jawaban \"tidak diterima\" juga dihitung sebagai jawaban, dengan nilai nol.",
		"Answers of stewards, and settlements, of that day. \"Not received\" is an answer too, of value zero."},
	{"happened.receivedValue", "Perubahan nilai yang diterima oleh jawaban dan penyelesaian pada hari itu, dalam rupiah, tanpa pinjaman. Bisa negatif bila jawaban dikoreksi.",
		"By how much the answers and settlements of that day changed the value received, in rupiah, loans left out. It is negative when an answer was corrected downwards."},
	{"happened.lapsed", "Komitmen yang gugur pada hari itu, juga bila kemudian diperpanjang.", "Commitments that lapsed on that day, also where they were renewed later."},
	{"happened.lapsedValue", "Nilai komitmen yang gugur pada hari itu, dalam rupiah, tanpa pinjaman.",
		"Value of the commitments that lapsed on that day, in rupiah, loans left out."},
	{"happened.withdrawn", "Komitmen yang dibatalkan pada hari itu.", "Commitments withdrawn on that day."},
	{"happened.withdrawnValue", "Nilai komitmen yang dibatalkan pada hari itu, dalam rupiah, tanpa pinjaman.",
		"Value of the commitments withdrawn on that day, in rupiah, loans left out."},

	// The largest.
	{"largest", "Paling banyak 50 RW dengan kepala keluarga terbanyak, menurut data terakhir. Bila sama banyak, menurut kode wilayah.",
		"At most 50 RW with most households, as known last. Equals are in order of their code."},
	{"largest.recipient", "Kode penerima.", "Identifier of the recipient."},
	{"largest.name", "Nama penerima.", "Name of the recipient."},
	{"largest.area", "Kode wilayah penerima.", "Area code of the recipient."},
	{"largest.households", "Banyaknya kepala keluarga, menurut data terakhir.", "Its households, as known last."},
	{"largest.people", "Banyaknya jiwa, menurut data terakhir.", "Its people, as known last."},
	{"largest.coverage", "Cakupan pangan RW itu, dalam persepuluhribu, dibulatkan ke bawah; −1 bila tidak ada kebutuhan pangan.",
		"Food coverage of the RW, in ten-thousandths, rounded down; −1 where no food is needed."},

	// Reports only.
	{"report.end", "Keadaan pada akhir periode. Kejadian per hari, pekan, dan bulan di dalamnya hanya memuat hari-hari periode itu.",
		"How everything stood when the period ended. Its days, weeks and months hold the days of the period only."},
	{"report.change", "Perubahan selama periode: keadaan pada akhir periode dikurangi keadaan pada awalnya. Bisa negatif, misalnya bila janji menjadi kiriman. Baris tanpa perubahan tidak ditulis; bagian tidak dihitung (−1). Kolaborator di sini adalah yang pertama kali memberi.",
		"Change during the period: how things stood at its end less how they stood at its beginning. It may be negative, as when a promise is delivered. Rows without change are left out; shares are not said (−1). Collaborators are here those who gave for the first time."},
	{"report.change.reached", "Penerima yang pertama kali menerima sesuatu dalam periode, dikurangi yang penerimaannya dikoreksi menjadi nol.",
		"Recipients that received something for the first time in the period, less those whose receipts were corrected to nothing."},
	{"report.change.unreached", "Perubahan banyaknya penerima yang belum menerima bantuan apa pun.",
		"By how much the number of recipients without any aid changed."},
	{"report.before", "Kejadian dalam periode sebelumnya yang sama jenisnya: hari, pekan, atau bulan sebelumnya.",
		"What happened in the period before, of the same kind: the day, week or month before."},
	{"report.givers", "Kolaborator yang berbeda di antara komitmen yang dikonfirmasi dalam periode. Yang membuat beberapa komitmen dihitung sekali.",
		"Different collaborators of the commitments pledged in the period. Whoever made several counts once."},
	{"report.giversBefore", "Kolaborator yang berbeda di antara komitmen yang dikonfirmasi dalam periode sebelumnya.",
		"Different collaborators of the commitments pledged in the period before."},
	{"report.kelurahan", "Satu baris untuk setiap kelurahan atau desa, keadaan pada akhir periode. Penerima yang hanya diketahui kecamatannya tidak ikut.",
		"One row for each kelurahan or desa, as it stood when the period ended. Recipients known by a wider area only are not in it."},
	{"report.kelurahan.received", "Nilai yang diterima sejak awal sampai akhir periode, dalam rupiah: pemberian dan bantuan di luar daftar bersama; pinjaman tidak ikut.",
		"Value received from the beginning to the end of the period, in rupiah: gifts and free aid together; loans left out."},
	{"report.kelurahan.open", "Nilai kebutuhan yang belum dijanjikan siapa pun, dalam rupiah: satuan yang belum dijanjikan × harga acuan pada hari kebutuhan terakhir dikonfirmasi. Kebutuhan tanpa harga acuan dan pinjaman tidak ikut.",
		"Value of what nobody promised, in rupiah: remaining units × reference price on the day on which the need was last confirmed. Needs without a reference price, and loans, are left out."},
	{"report.gaps", "Paling banyak 20 penerima dengan nilai kebutuhan terbesar yang belum dijanjikan siapa pun.",
		"At most 20 recipients with the greatest value that nobody promised."},
	{"report.forgotten", "Paling banyak 20 penerima yang punya kebutuhan dan belum menerima bantuan apa pun, kepala keluarga terbanyak lebih dahulu.",
		"At most 20 recipients that need something and were brought nothing yet, most households first."},
	{"report.forgottenTotal", "Banyaknya semua penerima yang punya kebutuhan dan belum menerima bantuan apa pun.",
		"How many recipients there are that need something and were brought nothing yet."},
	{"report.slow", "Paling banyak 20 kecamatan dengan median jam sampai kontak terlama, dari semua kontak sampai akhir periode. Kecamatan dengan kurang dari 5 kontak tidak ikut.",
		"At most 20 kecamatan with the longest median hours to contact, of all contacts up to the end of the period. Kecamatan with fewer than 5 contacts are left out."},
	{"report.corrections", "Koreksi data yang dicatat dalam periode, dengan alasan dan kantor yang bertanggung jawab.",
		"Corrections of data recorded in the period, with their reason and the office that answers for them."},
}
