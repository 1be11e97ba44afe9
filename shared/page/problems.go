package page

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

const (
	draftKept   = "Isian formulir Anda tersimpan di ponsel atau komputer yang Anda pakai."
	nothingHeld = "Tidak ada janji yang tercatat dari permintaan ini, dan tidak ada jumlah yang ditahan."
)

var problems = map[string]problem{
	"malformed": {
		Heading: "Isian tidak terbaca", Happened: "Server menerima sesuatu yang tidak dapat dibacanya.",
		Kept:   draftKept + " " + nothingHeld,
		Advice: []string{"Muat ulang halaman formulir, lalu kirim lagi.", "Bila Anda menulis program sendiri, periksa bahwa isinya JSON yang utuh."},
	},
	"denied": {
		Heading: "Tidak diizinkan", Happened: "Anda tidak berhak melakukan ini.",
		Kept:   "Tidak ada yang berubah.",
		Advice: []string{"Buka lagi tautan pribadi yang kami kirim ke e-mail Anda.", "Pastikan tautannya utuh, dari awal sampai akhir."},
	},
	"not-found": {
		Heading: "Tidak ditemukan", Happened: "Yang Anda cari tidak ada, atau tautan pribadinya tidak lengkap.",
		Kept:   "Janji yang sudah berlaku tidak terpengaruh.",
		Advice: []string{"Salin tautan pribadi dari e-mail secara utuh.", "Janji yang tidak dibuktikan dengan kode akan dihapus. Silakan buat janji baru dari peta."},
	},
	"method": {
		Heading: "Cara ini tidak dikenal", Happened: "Alamat ini ada, tetapi tidak melayani jenis permintaan itu.",
		Kept:   "Tidak ada yang berubah.",
		Advice: []string{"Buka halamannya lagi dari awal.", "Bila Anda menulis program sendiri, lihat kepala jawaban Allow."},
	},
	"already-exists": {
		Heading: "Sudah pernah dikirim", Happened: "Dengan nomor yang sama sudah ada isian lain yang terkirim.",
		Kept:   "Isian yang pertama tetap seperti waktu dikirim. " + draftKept,
		Advice: []string{"Periksa e-mail Anda: mungkin kode untuk isian pertama sudah datang.", "Untuk mengirim isian yang berbeda, buka formulirnya lagi dari halaman lokasi."},
	},
	"stale": {
		Heading: "Ada perubahan lebih baru", Happened: "Sejak halaman ini Anda buka, datanya sudah berubah.",
		Kept:   "Perubahan yang lebih baru tetap ada. Perubahan Anda belum tercatat.",
		Advice: []string{"Muat ulang halaman, periksa keadaan terbaru, lalu ulangi."},
	},
	"too-large": {
		Heading: "Terlalu besar", Happened: "Yang dikirim lebih besar daripada yang dapat diterima.",
		Kept:   draftKept + " " + nothingHeld,
		Advice: []string{"Singkat keterangannya atau kurangi jumlah barisnya, lalu kirim lagi."},
	},
	"media-type": {
		Heading: "Bentuk isian tidak dikenal", Happened: "Server hanya menerima JSON di alamat ini.",
		Kept:   draftKept + " " + nothingHeld,
		Advice: []string{"Muat ulang halaman formulir, lalu kirim lagi.", "Bila Anda menulis program sendiri, kirim Content-Type: application/json."},
	},
	"invalid": {
		Heading: "Ada yang perlu diperbaiki", Happened: "Sebagian isian kosong, keliru, atau tidak sesuai ketentuan.",
		Kept:   draftKept + " " + nothingHeld,
		Advice: []string{"Formulir menandai setiap bagian yang perlu diperbaiki. Perbaiki semuanya, lalu kirim sekali lagi."},
	},
	"busy": {
		Heading: "Sedang sangat ramai", Happened: "Terlalu banyak orang mengirim pada saat yang sama.",
		Kept:   draftKept + " Mengirim lagi tidak akan membuat janji ganda.",
		Advice: []string{"Tunggu setengah menit, lalu kirim lagi."},
	},
	"fault": {
		Heading: "Ada gangguan di pihak kami", Happened: "Sesuatu di server tidak berjalan semestinya. Ini bukan kesalahan Anda.",
		Kept:   draftKept + " Mengirim lagi tidak akan membuat janji ganda.",
		Advice: []string{"Tunggu beberapa menit, lalu coba lagi.", "Gangguan ini sudah tercatat dan akan diperiksa petugas."},
	},
	"melebihi-sisa": {
		Heading: "Melebihi yang masih dibutuhkan", Happened: "Jumlah yang Anda janjikan lebih besar daripada sisa kebutuhan. Biasanya karena orang lain baru saja berjanji lebih dulu.",
		Kept:   draftKept + " " + nothingHeld,
		Advice: []string{"Kurangi jumlahnya sampai sisa yang ditunjukkan formulir.", "Berikan selebihnya ke lokasi terdekat yang masih kekurangan; formulir menunjukkannya.", "Atau tulis sebagai bantuan lain di luar daftar kebutuhan."},
	},
	"state": {
		Heading: "Langkah ini sudah lewat", Happened: "Keadaan janji ini tidak lagi memungkinkan langkah itu, misalnya karena sudah dibatalkan.",
		Kept:   "Janji tetap dalam keadaan terakhirnya.",
		Advice: []string{"Muat ulang halaman pribadi Anda untuk melihat keadaan terbaru."},
	},
	"challenge": {
		Heading: "Pemeriksaan otomatis belum berhasil", Happened: "Peramban Anda mengerjakan soal kecil untuk menahan kiriman massal. Jawabannya tidak cocok atau sudah kedaluwarsa.",
		Kept:   draftKept + " " + nothingHeld,
		Advice: []string{"Tekan Kirim sekali lagi. Soal baru dikerjakan otomatis dalam beberapa detik."},
	},
	"code": {
		Heading: "Kode salah", Happened: "Kode itu tidak sama dengan enam angka di e-mail kami, atau dengan enam huruf dan angka yang tercetak di lembar BAST.",
		Kept:   "Tidak ada yang berubah. Sebuah janji baru menahan jumlah setelah kode yang benar masuk.",
		Advice: []string{"Kode e-mail: buka surat terbaru dari kami dan salin keenam angkanya. Setelah beberapa kali salah, janji itu ditutup demi keamanan dan Anda dapat membuat yang baru.", "Kode lembar BAST: periksa nomor lembar dan keenam hurufnya. Setelah beberapa kali salah, lembar itu baru dapat dicoba lagi besok."},
	},
	"expired": {
		Heading: "Waktunya sudah habis", Happened: "Batas waktu untuk langkah ini sudah lewat, atau kodenya terlalu sering salah.",
		Kept:   "Tidak ada jumlah yang ditahan. Kebutuhan itu terbuka lagi untuk semua orang.",
		Advice: []string{"Buat janji baru dari halaman lokasi. Isiannya singkat dan Anda masih diterima dengan senang hati."},
	},
	"quota": {
		Heading: "Batas hari ini sudah tercapai", Happened: "Untuk melindungi orang dari penyalahgunaan, beberapa hal hanya dapat dilakukan beberapa kali sehari: membuka kontak, meminta tautan, mencoba kode, mengirim berkas atau aduan.",
		Kept:   "Janji dan aduan Anda tetap berlaku.",
		Advice: []string{"Coba lagi besok.", "Menunggu kontak? Penanggung jawab lokasi sudah mendapat kontak Anda dan dapat menghubungi Anda lebih dulu."},
	},
}
