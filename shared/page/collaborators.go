package page

import (
	"cmp"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/report"
)

// collaboratorsView is who gave, by the names that they show.
type collaboratorsView struct {
	frame
	Crumbs      []crumb
	None        bool // the list was not made yet
	Names       int64
	Commitments int64
	Received    string
	From        origin
	Terms       []term
	Apart       bool
	Sections    []section
	Rows        []giverRow
	Left        int64 // names that only the file has
}

// giverRow is one line of the list: a name, or all of a class who show none.
type giverRow struct {
	Name      string
	Anonymous bool
	Class     string
	Given     report.Given
	Places    int64
	Since     string
	Day       aid.Day
	Latest    crumb
}

// Collaborators renders a list of those who gave, of whom c names the first;
// source is the file that has all of them.
func (r *Renderer) Collaborators(c report.Collaborators, source report.Source) ([]byte, error) {
	v := collaboratorsView{
		frame: r.frame("/kolaborator/", r.lang.Say("Kolaborator"),
			r.lang.Say("Siapa yang sudah memberi, menurut nama yang mereka pilih untuk ditampilkan: berapa komitmen, berapa yang diterima, di berapa lokasi."), "urut.js"),
		Crumbs: []crumb{{r.lang.Say("Statistik"), "/statistik/"}},
		None:   c.AsOf.IsZero(), From: origin{r.moment(c.AsOf), source.Path, source.Hash},
	}
	v.Terms = r.terms("commitments.holding", "received")
	v.Wide, v.Demo = true, c.Demo
	if v.None {
		v.Script = ""
		return r.render("collaborators", v)
	}
	var all report.Given
	for _, of := range c.Classes {
		v.Names += of.Names
		all = all.Plus(of.Named).Plus(of.Anonymous)
		if of.Anonymous.Commitments > 0 {
			v.Rows = append(v.Rows, giverRow{Name: aid.HambaAllah, Anonymous: true, Class: r.lang.Class(of.Class), Given: of.Anonymous})
		}
	}
	for _, g := range c.Named {
		v.Rows = append(v.Rows, giverRow{
			Name: g.Name, Class: r.lang.Class(g.Class), Given: g.Given, Places: g.Places, Since: r.lang.Date(g.Since), Day: g.Since,
			Latest: crumb{r.fullName(aid.Recipient{Name: g.Latest.Name, Area: g.Latest.Area}), placePath(g.Latest.Recipient)},
		})
	}
	slices.SortStableFunc(v.Rows, func(a, b giverRow) int { return cmp.Compare(b.Given.Received, a.Given.Received) })
	v.Left = v.Names - int64(len(c.Named))
	v.Commitments, v.Received = all.Commitments, r.lang.Short(all.Received)
	v.Sections = []section{r.classesOfGivers(c.Classes, all)}
	for i := range v.Sections {
		v.Sections[i].From = v.From
	}
	return r.render("collaborators", v)
}

// classesOfGivers says what each class gave, with and without a name.
func (r *Renderer) classesOfGivers(classes []report.ClassOfGivers, all report.Given) section {
	f := section{
		ID: "golongan", Heading: r.lang.Say("Dengan nama, dan sebagai Hamba Allah"), Said: r.lang.Say("Belum ada komitmen yang tercatat."),
		Terms: r.terms("classes", "commitments.holding", "received"),
	}
	var anonymous int64
	t := &grid{Caption: r.lang.Say("Komitmen dan nilai yang diterima menurut golongan"), Head: []string{
		r.lang.Say("Golongan"), r.lang.Say("Banyaknya nama"), r.lang.Say("Komitmen dengan nama"), r.lang.Say("Diterima (Rp)"), r.lang.Say("Komitmen Hamba Allah"), r.lang.Say("Diterima (Rp)"),
	}}
	var drawn []barRow
	for _, of := range classes {
		n := of.Named.Commitments + of.Anonymous.Commitments
		if n == 0 {
			continue
		}
		anonymous += of.Anonymous.Commitments
		drawn = append(drawn, barRow{Label: r.lang.Class(of.Class), Value: r.lang.Number(n), Parts: []int64{of.Named.Commitments, of.Anonymous.Commitments}})
		t.Rows = append(t.Rows, gridRow{Name: r.lang.Class(of.Class), Cells: []string{
			r.lang.Number(of.Names), r.lang.Number(of.Named.Commitments), r.lang.Number(of.Named.Received),
			r.lang.Number(of.Anonymous.Commitments), r.lang.Number(of.Anonymous.Received),
		}})
	}
	if all.Commitments > 0 {
		f.Said = r.lang.Many(all.Commitments, "%s dari %s komitmen dibuat sebagai Hamba Allah.", r.lang.Percent(anonymous, all.Commitments), r.lang.Number(all.Commitments))
		f.Legend = []shade{{"b1", r.lang.Say("dengan nama")}, {"bv", aid.HambaAllah}}
	}
	f.Chart = bars(r.lang, r.lang.Say("Komitmen menurut golongan"), drawn, []string{"b1", "bv"}, false)
	f.Grid = t
	return f
}

// Reached writes how many recipients a line reached.
func (g giverRow) Reached(l bahasa.Language) string {
	if g.Anonymous {
		return bahasa.Nothing
	}
	return l.Number(g.Places)
}
