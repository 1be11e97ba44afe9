package page

import "ksbb/shared/bahasa"

// Problems lists the slug of every kind of refusal. Each has a page under
// /masalah/<slug>/, because the type of a problem document is an address that
// people may open.
var Problems = []string{
	"malformed", "denied", "not-found", "method", "already-exists", "stale", "too-large", "media-type", "invalid",
	"busy", "fault", "melebihi-sisa", "state", "challenge", "code", "expired", "quota",
}

type problemView struct {
	frame
	problem
}

// problem explains one kind of refusal to the person who met it.
type problem struct {
	Heading  string
	Happened string
	Kept     string // what is not lost
	Advice   []string
}

// problems explains every kind of refusal in a language, by slug.
func problems(l bahasa.Language) map[string]problem {
	kept := l.Say("Isian formulir Anda tersimpan di ponsel atau komputer yang Anda pakai.")
	held := l.Say("Tidak ada komitmen yang tercatat dari permintaan ini, dan tidak ada jumlah yang ditahan.")
	again := l.Say("Mengirim lagi tidak akan membuat komitmen ganda.")
	return map[string]problem{
		"malformed": {
			Heading: l.Say("Isian tidak terbaca"), Happened: l.Say("Server menerima sesuatu yang tidak dapat dibacanya."),
			Kept:   kept + " " + held,
			Advice: []string{l.Say("Muat ulang halaman formulir, lalu kirim lagi."), l.Say("Bila Anda menulis program sendiri, periksa bahwa isinya JSON yang utuh.")},
		},
		"denied": {
			Heading: l.Say("Tidak diizinkan"), Happened: l.Say("Anda tidak berhak melakukan ini."),
			Kept:   l.Say("Tidak ada yang berubah."),
			Advice: []string{l.Say("Buka lagi tautan pribadi yang kami kirim ke e-mail Anda."), l.Say("Pastikan tautannya utuh, dari awal sampai akhir.")},
		},
		"not-found": {
			Heading: l.Say("Tidak ditemukan"), Happened: l.Say("Yang Anda cari tidak ada, atau tautan pribadinya tidak lengkap."),
			Kept:   l.Say("Komitmen yang sudah berlaku tidak terpengaruh."),
			Advice: []string{l.Say("Salin tautan pribadi dari e-mail secara utuh."), l.Say("Komitmen yang tidak dibuktikan dengan kode akan dihapus. Silakan buat komitmen baru dari peta.")},
		},
		"method": {
			Heading: l.Say("Cara ini tidak dikenal"), Happened: l.Say("Alamat ini ada, tetapi tidak melayani jenis permintaan itu."),
			Kept:   l.Say("Tidak ada yang berubah."),
			Advice: []string{l.Say("Buka halamannya lagi dari awal."), l.Say("Bila Anda menulis program sendiri, lihat kepala jawaban Allow.")},
		},
		"already-exists": {
			Heading: l.Say("Sudah pernah dikirim"), Happened: l.Say("Dengan nomor yang sama sudah ada isian lain yang terkirim."),
			Kept:   l.Say("Isian yang pertama tetap seperti waktu dikirim.") + " " + kept,
			Advice: []string{l.Say("Periksa e-mail Anda: mungkin kode untuk isian pertama sudah datang."), l.Say("Untuk mengirim isian yang berbeda, buka formulirnya lagi dari halaman lokasi.")},
		},
		"stale": {
			Heading: l.Say("Ada perubahan lebih baru"), Happened: l.Say("Sejak halaman ini Anda buka, datanya sudah berubah."),
			Kept:   l.Say("Perubahan yang lebih baru tetap ada. Perubahan Anda belum tercatat."),
			Advice: []string{l.Say("Muat ulang halaman, periksa keadaan terbaru, lalu ulangi.")},
		},
		"too-large": {
			Heading: l.Say("Terlalu besar"), Happened: l.Say("Yang dikirim lebih besar daripada yang dapat diterima."),
			Kept:   kept + " " + held,
			Advice: []string{l.Say("Singkat keterangannya atau kurangi jumlah barisnya, lalu kirim lagi.")},
		},
		"media-type": {
			Heading: l.Say("Bentuk isian tidak dikenal"), Happened: l.Say("Server hanya menerima JSON di alamat ini."),
			Kept:   kept + " " + held,
			Advice: []string{l.Say("Muat ulang halaman formulir, lalu kirim lagi."), l.Say("Bila Anda menulis program sendiri, kirim Content-Type: application/json.")},
		},
		"invalid": {
			Heading: l.Say("Ada yang perlu diperbaiki"), Happened: l.Say("Sebagian isian kosong, keliru, atau tidak sesuai ketentuan."),
			Kept:   kept + " " + held,
			Advice: []string{l.Say("Formulir menandai setiap bagian yang perlu diperbaiki. Perbaiki semuanya, lalu kirim sekali lagi.")},
		},
		"busy": {
			Heading: l.Say("Sedang sangat ramai"), Happened: l.Say("Terlalu banyak orang mengirim pada saat yang sama."),
			Kept:   kept + " " + again,
			Advice: []string{l.Say("Tunggu setengah menit, lalu kirim lagi.")},
		},
		"fault": {
			Heading: l.Say("Ada gangguan di pihak kami"), Happened: l.Say("Sesuatu di server tidak berjalan semestinya. Ini bukan kesalahan Anda."),
			Kept:   kept + " " + again,
			Advice: []string{l.Say("Tunggu beberapa menit, lalu coba lagi."), l.Say("Gangguan ini sudah tercatat dan akan diperiksa petugas.")},
		},
		"melebihi-sisa": {
			Heading: l.Say("Melebihi yang masih dibutuhkan"), Happened: l.Say("Jumlah yang Anda janjikan lebih besar daripada sisa kebutuhan. Biasanya karena orang lain baru saja berjanji lebih dulu."),
			Kept:   kept + " " + held,
			Advice: []string{l.Say("Kurangi jumlahnya sampai sisa yang ditunjukkan formulir."), l.Say("Berikan selebihnya ke lokasi terdekat yang masih kekurangan; formulir menunjukkannya."), l.Say("Atau tulis sebagai bantuan lain di luar daftar kebutuhan.")},
		},
		"state": {
			Heading: l.Say("Langkah ini sudah lewat"), Happened: l.Say("Keadaan komitmen ini tidak lagi memungkinkan langkah itu, misalnya karena sudah dibatalkan."),
			Kept:   l.Say("Komitmen tetap dalam keadaan terakhirnya."),
			Advice: []string{l.Say("Muat ulang halaman pribadi Anda untuk melihat keadaan terbaru.")},
		},
		"challenge": {
			Heading: l.Say("Pemeriksaan otomatis belum berhasil"), Happened: l.Say("Peramban Anda mengerjakan soal kecil untuk menahan kiriman massal. Jawabannya tidak cocok atau sudah kedaluwarsa."),
			Kept:   kept + " " + held,
			Advice: []string{l.Say("Tekan Kirim sekali lagi. Soal baru dikerjakan otomatis dalam beberapa detik.")},
		},
		"code": {
			Heading: l.Say("Kode salah"), Happened: l.Say("Kode itu tidak sama dengan enam angka di e-mail kami, atau dengan enam huruf dan angka yang tercetak di lembar BAST."),
			Kept:   l.Say("Tidak ada yang berubah. Sebuah komitmen baru menahan jumlah setelah kode yang benar masuk."),
			Advice: []string{l.Say("Kode e-mail: buka surat terbaru dari kami dan salin keenam angkanya. Setelah beberapa kali salah, komitmen itu ditutup demi keamanan dan Anda dapat membuat yang baru."), l.Say("Kode lembar BAST: periksa nomor lembar dan keenam hurufnya. Setelah beberapa kali salah, lembar itu baru dapat dicoba lagi besok.")},
		},
		"expired": {
			Heading: l.Say("Waktunya sudah habis"), Happened: l.Say("Batas waktu untuk langkah ini sudah lewat, atau kodenya terlalu sering salah."),
			Kept:   l.Say("Tidak ada jumlah yang ditahan. Kebutuhan itu terbuka lagi untuk semua orang."),
			Advice: []string{l.Say("Buat komitmen baru dari halaman lokasi. Isiannya singkat dan Anda masih diterima dengan senang hati.")},
		},
		"quota": {
			Heading: l.Say("Batas hari ini sudah tercapai"), Happened: l.Say("Untuk melindungi orang dari penyalahgunaan, beberapa hal hanya dapat dilakukan beberapa kali sehari: membuka kontak, meminta tautan, mencoba kode, mengirim berkas atau aduan."),
			Kept:   l.Say("Komitmen dan aduan Anda tetap berlaku."),
			Advice: []string{l.Say("Coba lagi besok."), l.Say("Menunggu kontak? Penanggung jawab lokasi sudah mendapat kontak Anda dan dapat menghubungi Anda lebih dulu.")},
		},
	}
}
