package page

import (
	"strings"
	"time"

	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// statisticsView is everything that the statistics say of one area.
type statisticsView struct {
	frame
	Heading    string
	Crumbs     []crumb
	From       origin
	Parts      []crumb // the areas inside that have a page of their own
	Givers     string
	GiversWord string
	Terms      []term // of the figures at the top
	Apart      bool
	Whole      tally.Row
	Place      tally.Register
	Reached    int64
	Sections   []section
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
		frame: r.frame(statisticsPath(code, r.pack.Root), r.lang.Say("Statistik bantuan di %s", name),
			r.lang.Say("Berapa yang dibutuhkan, dijanjikan, dikirim, dan diterima di %s, dan dari mana setiap angkanya.", name), ""),
		Heading: r.lang.Say("Statistik %s", name), From: origin{r.moment(asOf), path, hash},
		Terms: r.terms("collaborators", "commitments.holding", "reached", "recipients"), Whole: s.Whole, Place: s.Register, Reached: s.Reached,
	}
	v.Wide, v.Demo = true, s.Demo > 0
	v.Data = r.figuresData(v.frame, asOf, r.fileData(path, "application/json"))
	v.Givers, v.GiversWord = r.givers(s.Whole.Collaborators)
	if code == r.pack.Root {
		for _, a := range r.pack.Children(code) {
			v.Parts = append(v.Parts, crumb{a.Name, statisticsPath(a.Code, r.pack.Root)})
		}
	} else {
		v.Crumbs = []crumb{{r.lang.Say("Statistik"), "/statistik/"}}
	}
	v.Sections = append([]section{r.worth(s.Whole)}, r.splits(code, s)...)
	v.Sections = append(v.Sections, r.contact(s), r.times(s, asOf))
	v.Sections = append(append(v.Sections, r.fairness(s)...), r.largest(s))
	for i := range v.Sections {
		v.Sections[i].From = v.From
	}
	return r.render("statistics", v)
}

// termNames names figures as the pages do.
func termNames(l bahasa.Language) map[string]string {
	return map[string]string{
		"needed":                    l.Say("Dibutuhkan"),
		"committed":                 l.Say("Dijanjikan"),
		"delivered":                 l.Say("Dikirim"),
		"received":                  l.Say("Diterima"),
		"disputed":                  l.Say("Dipersengketakan"),
		"lapsed":                    l.Say("Gugur"),
		"withdrawn":                 l.Say("Dibatalkan"),
		"gift":                      l.Say("Pemberian"),
		"loan":                      l.Say("Pinjaman"),
		"free":                      l.Say("Di luar daftar"),
		"areas":                     l.Say("Wilayah"),
		"classes":                   l.Say("Golongan"),
		"kinds":                     l.Say("Jenis penerima"),
		"packages":                  l.Say("Jenis bantuan"),
		"programs":                  l.Say("Program"),
		"routes":                    l.Say("Jalur"),
		"units":                     l.Say("Satuan"),
		"share":                     l.Say("Bagian"),
		"commitments":               l.Say("Komitmen"),
		"commitments.holding":       l.Say("Komitmen berlaku"),
		"collaborators":             l.Say("Kolaborator"),
		"recipients":                l.Say("Lokasi"),
		"unreached":                 l.Say("Belum menerima apa pun"),
		"reached":                   l.Say("Sudah menerima"),
		"coverage":                  l.Say("Cakupan pangan"),
		"householdDays":             l.Say("Hari-KK"),
		"perThousandHouseholds":     l.Say("Per 1.000 KK"),
		"largest":                   l.Say("RW terbesar"),
		"medianHours":               l.Say("Separuh"),
		"p90Hours":                  l.Say("Sembilan dari sepuluh"),
		"contactHours":              l.Say("Jam sampai berbicara"),
		"lapseShare":                l.Say("Bagian yang gugur"),
		"disputeShare":              l.Say("Bagian yang dipersengketakan"),
		"days":                      l.Say("Hari"),
		"weeks":                     l.Say("Pekan"),
		"happened.pledgedValue":     l.Say("Dijanjikan pada hari itu"),
		"happened.receivedValue":    l.Say("Diterima pada hari itu"),
		"happened.pledged":          l.Say("Komitmen baru"),
		"happened.delivered":        l.Say("Penyaluran dilaporkan"),
		"happened.received":         l.Say("Jawaban penerima"),
		"happened.lapsed":           l.Say("Komitmen gugur"),
		"happened.withdrawn":        l.Say("Komitmen dibatalkan"),
		"report.change":             l.Say("Perubahan"),
		"report.before":             l.Say("Periode sebelumnya"),
		"report.givers":             l.Say("Kolaborator dalam periode"),
		"report.gaps":               l.Say("Paling kekurangan"),
		"report.forgotten":          l.Say("Terlupa"),
		"report.slow":               l.Say("Kontak paling lama"),
		"report.corrections":        l.Say("Koreksi"),
		"report.kelurahan":          l.Say("Setiap kelurahan"),
		"report.kelurahan.received": l.Say("Diterima kelurahan"),
	}
}

// terms returns the definitions of figures. A figure that nobody defined has no
// place on a page.
func (r *Renderer) terms(figures ...string) []term {
	names := termNames(r.lang)
	var all []term
	for _, figure := range figures {
		d, ok := tally.Defined(figure)
		if !ok {
			continue
		}
		t := term{ID: "arti-" + strings.ReplaceAll(figure, ".", "-"), Name: names[figure], Words: r.either(d.ID, d.EN)}
		// The definition of a state begins with its name.
		if _, words, ok := strings.Cut(t.Words, ": "); ok && strings.HasPrefix(t.Words, t.Name+": ") {
			t.Words = strings.ToUpper(words[:1]) + words[1:]
		}
		all = append(all, t)
	}
	return all
}
