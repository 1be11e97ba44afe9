package page

import (
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
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
		Givers: people(s.Whole.Collaborators), Whole: s.Whole, Place: s.Register, Reached: s.Reached,
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

// termNames says which figure a definition is of, where its own words do not.
var termNames = map[string]string{
	"gift": "Pemberian", "loan": "Pinjaman", "free": "Di luar daftar", "areas": "Wilayah", "classes": "Golongan", "kinds": "Penerima",
	"packages": "Jenis bantuan", "programs": "Program", "routes": "Jalur", "units": "Satuan", "share": "Bagian",
	"commitments": "Komitmen", "commitments.holding": "Berlaku", "collaborators": "Kolaborator", "recipients": "Lokasi", "households": "KK",
	"unreached": "Belum menerima apa pun", "reached": "Sudah menerima", "householdDays": "Hari-KK", "perThousandHouseholds": "Per 1.000 KK",
	"contact": "Kontak", "contactHours": "Jam sampai kontak", "lapseShare": "Gugur", "disputeShare": "Dipersengketakan",
	"days": "Hari", "weeks": "Pekan", "months": "Bulan", "happened.pledgedValue": "Dijanjikan", "happened.receivedValue": "Diterima",
	"largest": "RW terbesar", "asOf": "Saat hitung", "report.change": "Perubahan", "report.givers": "Kolaborator",
	"happened": "Kejadian", "report.before": "Sebelumnya", "report.kelurahan": "Kelurahan", "report.gaps": "Kekurangan",
	"report.forgotten": "Belum menerima", "report.slow": "Kontak terlama", "report.corrections": "Koreksi",
	"report.kelurahan.received": "Diterima", "report.kelurahan.open": "Belum dijanjikan",
}

// terms returns the definitions of figures, in Indonesian. A figure that
// nobody defined has no place on a page.
func terms(figures ...string) []term {
	var all []term
	for _, figure := range figures {
		if d, ok := tally.Defined(figure); ok {
			all = append(all, term{termNames[figure], d.ID})
		}
	}
	return all
}
