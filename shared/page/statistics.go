package page

import (
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// statisticsView is everything that the statistics say of one area.
type statisticsView struct {
	frame
	Heading  string
	Crumbs   []crumb
	From     origin
	Parts    []crumb // the areas inside that have a page of their own
	Givers   string
	Whole    tally.Row
	Place    tally.Register
	Reached  int64
	Sections []section
}

func statisticsPath(code, root area.Code) string {
	if code == root {
		return "/statistik/"
	}
	return "/statistik/" + string(code) + "/"
}

// Statistics renders the statistics of the region or of a kota. path and hash
// are those of the file from which every figure on the page is taken, path
// without a leading slash.
func (r *Renderer) Statistics(code area.Code, asOf time.Time, s tally.Statistics, path, hash string) ([]byte, error) {
	name := r.pack.AreaName(code)
	v := statisticsView{
		frame: r.frame(statisticsPath(code, r.pack.Root), "Statistik bantuan di "+name,
			"Berapa yang dibutuhkan, dijanjikan, dikirim, dan diterima di "+name+", dan dari mana setiap angkanya.", ""),
		Heading: "Statistik " + name, From: origin{r.moment(asOf), path, hash},
		Givers: bahasa.Count(s.Whole.Collaborators), Whole: s.Whole, Place: s.Register, Reached: s.Reached,
	}
	v.Wide, v.Demo = true, s.Demo > 0
	if code == r.pack.Root {
		for _, a := range r.pack.Children(code) {
			v.Parts = append(v.Parts, crumb{a.Name, statisticsPath(a.Code, r.pack.Root)})
		}
	} else {
		v.Crumbs = []crumb{{"Statistik", "/statistik/"}}
	}
	var today aid.Day
	if !asOf.IsZero() {
		today = aid.DayOf(asOf, r.pack.Zone)
	}
	v.Sections = append([]section{r.worth(s)}, r.splits(code, s)...)
	v.Sections = append(v.Sections, r.times(s, today), r.contact(s))
	v.Sections = append(append(v.Sections, r.fairness(s)...), r.largest(s))
	for i := range v.Sections {
		v.Sections[i].From = v.From
	}
	return r.render("statistics", v)
}

// termNames names figures as the pages do.
var termNames = map[string]string{
	"needed": "Dibutuhkan", "committed": "Dijanjikan", "delivered": "Dikirim", "received": "Diterima", "disputed": "Dipersengketakan",
	"lapsed": "Gugur", "withdrawn": "Dibatalkan", "gift": "Pemberian", "loan": "Pinjaman", "free": "Di luar daftar",
	"areas": "Wilayah", "classes": "Golongan", "kinds": "Jenis penerima", "packages": "Jenis bantuan", "programs": "Program", "routes": "Jalur",
	"units": "Satuan", "share": "Bagian", "commitments": "Komitmen", "commitments.holding": "Komitmen berlaku", "collaborators": "Kolaborator",
	"recipients": "Lokasi", "unreached": "Belum menerima apa pun", "reached": "Sudah menerima", "coverage": "Cakupan pangan",
	"householdDays": "Hari-KK", "perThousandHouseholds": "Per 1.000 KK", "largest": "RW terbesar",
	"medianHours": "Separuh", "p90Hours": "Sembilan dari sepuluh", "contactHours": "Jam sampai berbicara",
	"lapseShare": "Bagian yang gugur", "disputeShare": "Bagian yang dipersengketakan",
	"days": "Hari", "weeks": "Pekan", "happened.pledgedValue": "Dijanjikan pada hari itu", "happened.receivedValue": "Diterima pada hari itu",
	"happened.pledged": "Komitmen baru", "happened.delivered": "Penyaluran dilaporkan", "happened.received": "Jawaban penerima",
	"happened.lapsed": "Komitmen gugur", "happened.withdrawn": "Komitmen dibatalkan",
	"report.change": "Perubahan", "report.before": "Periode sebelumnya", "report.givers": "Kolaborator dalam periode", "report.gaps": "Paling kekurangan",
	"report.forgotten": "Terlupa", "report.slow": "Kontak paling lama", "report.corrections": "Koreksi", "report.kelurahan": "Setiap kelurahan",
	"report.kelurahan.received": "Diterima kelurahan",
}

// terms returns the definitions of figures, in Indonesian. A figure that
// nobody defined has no place on a page.
func terms(figures ...string) []term {
	var all []term
	for _, figure := range figures {
		d, ok := tally.Defined(figure)
		if !ok {
			continue
		}
		t := term{ID: "arti-" + strings.ReplaceAll(figure, ".", "-"), Name: termNames[figure], Words: d.ID}
		// The definition of a state begins with its name.
		if _, words, ok := strings.Cut(d.ID, ": "); ok && strings.HasPrefix(d.ID, t.Name+": ") {
			t.Words = strings.ToUpper(words[:1]) + words[1:]
		}
		all = append(all, t)
	}
	return all
}
