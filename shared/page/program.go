package page

import (
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// programView is what one programme is, and what became of it.
type programView struct {
	frame
	Crumbs   []crumb
	Program  region.Program
	Kinds    []string // who may receive
	Packages []priced
	Others   []crumb // the other programmes

	// What follows is said of running programmes only.
	From       origin
	Givers     string
	GiversWord string
	Holding    int64
	Received   string
	Terms      []term // of the figures at the top
	Apart      bool
	Sections   []section
}

type programsView struct {
	frame
	Crumbs           []crumb
	Running, Planned []region.Program
}

// priced is a package with its reference price.
type priced struct {
	Path, Name string
	Price      string // "Rp200.000 per KK/minggu"
	Summary    string
}

func programPath(id aid.ProgramID) string { return "/program/" + string(id) + "/" }

// Program renders the page of one programme. s are the statistics of the whole
// region; path and hash are those of their file, path without a leading slash.
// A programme that the pack does not know wraps [aid.ErrNotFound].
func (r *Renderer) Program(id aid.ProgramID, asOf time.Time, s tally.Statistics, path, hash string) ([]byte, error) {
	p, ok := r.pack.Program(id)
	if !ok {
		return nil, aid.ErrNotFound
	}
	v := programView{
		frame:   r.frame(programPath(id), p.Name, p.Summary, ""),
		Crumbs:  []crumb{{r.lang.Say("Statistik"), "/statistik/"}, {r.lang.Say("Program"), "/program/"}},
		Program: p, From: origin{r.moment(asOf), path, hash},
	}
	v.Wide, v.Demo = true, s.Demo > 0
	for _, k := range p.Kinds {
		v.Kinds = append(v.Kinds, r.kindName(k))
	}
	mine := map[string]bool{} // packages of the programme
	for _, k := range r.pack.Packages {
		if k.Program == id {
			mine[string(k.ID)] = true
			v.Packages = append(v.Packages, r.priced(k))
		}
	}
	for _, other := range r.pack.Programs {
		if other.ID != id && other.Running {
			v.Others = append(v.Others, crumb{other.Name, programPath(other.ID)})
		}
	}
	if !p.Running {
		return r.render("program", v)
	}
	row := tally.Row{Collaborators: &tally.Count{}}
	if i := slices.IndexFunc(s.Programs, func(row tally.Row) bool { return row.Key == string(id) }); i >= 0 {
		row = s.Programs[i]
	}
	v.Givers, v.GiversWord = r.givers(row.Collaborators)
	v.Holding, v.Received = row.Commitments.Holding, r.lang.Short(row.Gift.Received+row.Free.Received)
	v.Terms = r.terms("programs", "collaborators", "commitments.holding", "received")
	packages := slices.DeleteFunc(slices.Clone(s.Packages), func(row tally.Row) bool { return !mine[row.Key] })
	v.Sections = []section{r.worth(row), r.packages(packages, row.Commitments.Holding), r.outcome(row)}
	for i := range v.Sections {
		v.Sections[i].From = v.From
	}
	return r.render("program", v)
}

// priced returns a package with its reference price, where the catalogue has
// one.
func (r *Renderer) priced(k region.Package) priced {
	p := priced{Path: "/paket/#" + string(k.ID), Name: k.Name, Summary: k.Summary}
	if n := len(k.Prices); n > 0 {
		p.Price = r.lang.Rupiah(k.Prices[n-1].Amount)
		if k.Per != "" {
			p.Price = r.lang.Say("%s per %s", p.Price, k.Per)
		}
	}
	return p
}

// givers writes how many collaborators there are, and what to call them.
func (r *Renderer) givers(c *tally.Count) (n, word string) {
	if c != nil && c.Estimated {
		return r.lang.Count(c), r.lang.Say("kolaborator (perkiraan)")
	}
	var all int64
	if c != nil {
		all = c.N
	}
	return r.lang.Count(c), r.lang.Many(all, "kolaborator")
}

// outcome says what became of the commitments of a row.
func (r *Renderer) outcome(row tally.Row) section {
	n := row.Commitments
	f := section{
		ID: "hasil", Heading: r.lang.Say("Menjadi apa komitmennya"), Said: r.lang.Say("Belum ada komitmen yang tercatat."),
		Terms: r.terms("commitments.pledged", "commitments.holding", "commitments.received", "commitments.delivered", "commitments.disputed", "commitments.lapsed", "commitments.withdrawn"),
	}
	if n.Pledged == 0 {
		return f
	}
	f.Said = r.lang.Many(n.Pledged, "Dari %s komitmen yang pernah dikonfirmasi, %s sudah selesai dan %s gugur tanpa kontak.",
		r.lang.Number(n.Pledged), r.lang.Percent(n.Received, n.Pledged), r.lang.Percent(n.Lapsed, n.Pledged))
	t := &grid{Caption: r.lang.Say("Komitmen menurut keadaan"), Head: []string{r.lang.Say("Keadaan"), r.lang.Say("Komitmen"), r.lang.Say("Bagian")}}
	var drawn []barRow
	line := func(name string, n, of int64) {
		t.Rows = append(t.Rows, gridRow{Name: name, Cells: []string{r.lang.Number(n), r.lang.Percent(n, of)}})
		drawn = append(drawn, barRow{Label: name, Value: r.lang.Number(n), Parts: []int64{n}})
	}
	line(r.lang.Say("Selesai"), n.Received, n.Pledged)
	line(r.lang.Say("Masih berjalan"), n.Holding-n.Received-n.Disputed, n.Pledged)
	line(r.lang.Say("Dipersengketakan"), n.Disputed, n.Pledged)
	line(r.lang.Say("Gugur"), n.Lapsed, n.Pledged)
	line(r.lang.Say("Dibatalkan"), n.Withdrawn, n.Pledged)
	f.Chart = bars(r.lang, f.Heading, drawn, one, false)
	f.Grid = t
	return f
}

// programs adds the list of all programmes.
func (r *Renderer) programs(add func(path, template string, view any) error) error {
	v := programsView{
		frame: r.frame("/program/", r.lang.Say("Program"),
			r.lang.Say("Program yang berjalan dan yang direncanakan: untuk siapa, bantuan apa, dan apa hasilnya."), ""),
		Crumbs: []crumb{{r.lang.Say("Statistik"), "/statistik/"}},
	}
	for _, p := range r.pack.Programs {
		if p.Running {
			v.Running = append(v.Running, p)
		} else {
			v.Planned = append(v.Planned, p)
		}
	}
	return add("program/index.html", "programs", v)
}
