package page

import (
	"cmp"
	"slices"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// section is one thing that the statistics say: a sentence, a chart, the same
// figures as a table, and where they come from.
type section struct {
	ID, Heading string
	Said        string
	State       *stateView
	Chart       *drawing
	Legend      []shade
	Facts       []fact
	Grid        *grid
	Folded      []folded
	Links       []crumb // to more about it
	Terms       []term
	Apart       bool // the terms are explained elsewhere on the page
	From        origin
}

// folded is a part of a section that opens on demand.
type folded struct {
	Summary string
	Chart   *drawing
	Legend  []shade
	Grid    *grid
}

// term is a figure with its definition.
type term struct{ ID, Name, Words string }

// origin is where the figures of a page come from.
type origin struct{ AsOf, Path, Hash string }

// grid is a table of figures.
type grid struct {
	Caption string
	Head    []string
	Rows    []gridRow
	Own     int // from this cell on people wrote themselves, 0 for nowhere
}

// Written tells whether people wrote a cell themselves, in Indonesian on a page
// that is not.
func (g *grid) Written(cell int) bool { return g.Own > 0 && cell >= g.Own }

type gridRow struct {
	Name, Path string
	Cells      []string
	Files      []fileView // in a last cell of their own
}

// stateView is the stacked bar of a value with its parts in words.
type stateView struct {
	Bar  bar
	Keys []stateKey
}

type stateKey struct{ Class, Name, Value string }

func (s stateView) Drawn(thin bool) drawn { return drawn{s.Bar, thin} }

// one colours charts of a single kind of bar.
var one = []string{"b1"}

// stacked colours what is received, delivered and committed.
var stacked = []string{"b1", "b2", "b3"}

func (r *Renderer) stackedKeys() []shade {
	return []shade{
		{"b1", r.lang.Say("diterima")}, {"b2", r.lang.Say("dikirim")}, {"b3", r.lang.Say("dijanjikan")}, {"b0", r.lang.Say("belum dijanjikan")},
	}
}

// left returns what nobody has promised yet. Prices may rise between a need and
// its promise, so that more can be given than was needed.
func left(s tally.Stand) int64 { return max(0, s.Needed-s.Given()) }

// worth says how the value of all that a row is about stands.
func (r *Renderer) worth(row tally.Row) section {
	g := row.Gift
	f := section{ID: "nilai", Heading: r.lang.Say("Dari kebutuhan sampai diterima"), Terms: r.terms("needed", "committed", "delivered", "received", "disputed", "lapsed", "withdrawn", "gift", "loan", "free")}
	if g.Needed > 0 {
		f.Said = r.lang.Say("Dari kebutuhan senilai %s, %s sudah diterima, dan %s belum dijanjikan siapa pun.",
			r.lang.Short(g.Needed), r.lang.Percent(g.Received, g.Needed), r.lang.Percent(left(g), g.Needed))
	} else {
		f.Said = r.lang.Say("Belum ada kebutuhan berharga acuan yang tercatat.")
	}
	q := tally.Quantities{Needed: g.Needed, Committed: g.Committed, Delivered: g.Delivered, Received: g.Received}
	b := barOf(q)
	b.Label = r.lang.Say("%s diterima, %s dikirim, %s dijanjikan, dari kebutuhan %s", r.lang.Short(g.Received), r.lang.Short(g.Delivered), r.lang.Short(g.Committed), r.lang.Short(g.Needed))
	f.State = &stateView{Bar: b}
	for i, n := range []int64{g.Received, g.Delivered, g.Committed, left(g)} {
		key := r.stackedKeys()[i]
		f.State.Keys = append(f.State.Keys, stateKey{key.Class, key.Words, r.lang.Short(n)})
	}
	t := &grid{Caption: r.lang.Say("Nilai menurut keadaan, dalam rupiah"), Head: []string{r.lang.Say("Keadaan"), r.lang.Say("Pemberian"), r.lang.Say("Pinjaman"), r.lang.Say("Di luar daftar")}}
	line := func(name string, of func(tally.Stand) int64) {
		line := gridRow{Name: name}
		for _, stand := range []tally.Stand{row.Gift, row.Loan, row.Free} {
			line.Cells = append(line.Cells, r.lang.Number(of(stand)))
		}
		t.Rows = append(t.Rows, line)
	}
	line(r.lang.Say("Dibutuhkan"), func(s tally.Stand) int64 { return s.Needed })
	line(r.lang.Say("Dijanjikan"), func(s tally.Stand) int64 { return s.Committed })
	line(r.lang.Say("· di antaranya dipersengketakan"), func(s tally.Stand) int64 { return s.Disputed })
	line(r.lang.Say("Dikirim"), func(s tally.Stand) int64 { return s.Delivered })
	line(r.lang.Say("Diterima"), func(s tally.Stand) int64 { return s.Received })
	line(r.lang.Say("Gugur"), func(s tally.Stand) int64 { return s.Lapsed })
	line(r.lang.Say("Dibatalkan"), func(s tally.Stand) int64 { return s.Withdrawn })
	t.Rows[0].Cells[2] = bahasa.Nothing // nobody needs free aid
	f.Grid = t
	return f
}

// byCommitments puts the row with most commitments first.
func byCommitments(rows []tally.Row, order func(string) int) []tally.Row {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b tally.Row) int {
		return cmp.Or(cmp.Compare(b.Commitments.Holding, a.Commitments.Holding), cmp.Compare(b.Gift.Needed, a.Gift.Needed),
			cmp.Compare(order(a.Key), order(b.Key)), strings.Compare(a.Key, b.Key))
	})
	return sorted
}

// split is one way to part all commitments that hold.
type split struct {
	id, heading string
	first       string // what a row is
	most        func(name, part, of string) string
	none        string
	rows        []tally.Row
	all         int64 // commitments that hold
	order       func(key string) int
	name        func(key string) string
	lower       bool // names begin small inside a sentence
	path        func(key string) string
	givers      bool // how many collaborators is known of each row
	terms       []term
	links       []crumb
}

// inside writes a name inside a sentence.
func (p split) inside(key string) string {
	name := p.name(key)
	if p.lower && name != "" {
		name = strings.ToLower(name[:1]) + name[1:]
	}
	return name
}

// parted says how the commitments part.
func (r *Renderer) parted(p split) section {
	f := section{ID: p.id, Heading: p.heading, Links: p.links, Terms: p.terms, Said: p.none}
	rows := byCommitments(p.rows, p.order)
	if p.all > 0 && len(rows) > 0 {
		top := rows[0]
		f.Said = p.most(p.inside(top.Key), r.lang.Percent(top.Commitments.Holding, p.all), r.lang.Number(p.all))
	}
	t := &grid{Caption: r.lang.Say("%s: komitmen dan nilai yang diterima", p.heading), Head: []string{p.first, r.lang.Say("Komitmen"), r.lang.Say("Bagian"), r.lang.Say("Diterima (Rp)")}}
	if p.givers {
		t.Head = slices.Insert(t.Head, 1, r.lang.Say("Kolaborator"))
	}
	var all []barRow
	for _, row := range rows {
		n := row.Commitments.Holding
		all = append(all, barRow{Label: p.name(row.Key), Value: r.lang.Percent(n, p.all), Parts: []int64{n}})
		line := gridRow{Name: p.name(row.Key), Cells: []string{r.lang.Number(n), r.lang.Percent(n, p.all), r.lang.Number(row.Gift.Received + row.Free.Received)}}
		if p.path != nil {
			line.Path = p.path(row.Key)
		}
		if p.givers {
			line.Cells = slices.Insert(line.Cells, 0, r.lang.Count(row.Collaborators))
		}
		t.Rows = append(t.Rows, line)
	}
	f.Chart = bars(r.lang, r.lang.Say("%s, bagian dari semua komitmen", p.heading), all, one, false)
	r.list(&f, t)
	return f
}

// longest is how many rows a table has at most to stand open.
const longest = 8

// list puts a table under a section, folded where it is long.
func (r *Renderer) list(f *section, t *grid) {
	switch n := len(t.Rows); {
	case n > longest:
		f.Folded = append([]folded{{Summary: r.lang.Say("Tabel, %d baris", n), Grid: t}}, f.Folded...)
	case n > 0:
		f.Grid = t
	}
}

// splits returns every way in which the commitments of an area are parted.
func (r *Renderer) splits(code area.Code, s tally.Statistics) []section {
	all := s.Whole.Commitments.Holding
	none := r.lang.Say("Belum ada komitmen yang tercatat.")
	listed := func(keys []string) func(string) int {
		return func(k string) int { return slices.Index(keys, k) }
	}
	var kinds, programs []string
	for _, k := range r.pack.Kinds {
		kinds = append(kinds, string(k.ID))
	}
	for _, p := range r.pack.Programs {
		programs = append(programs, string(p.ID))
	}
	return []section{
		r.parted(split{
			id: "wilayah", heading: r.lang.Say("Ke mana bantuan pergi"), first: r.lang.Say("Wilayah"), rows: s.Areas, all: all, none: none,
			most: func(name, part, of string) string {
				return r.lang.Many(all, "Paling banyak ke %s: %s dari %s komitmen.", name, part, of)
			}, order: func(string) int { return 0 },
			name:  func(k string) string { return r.pack.AreaName(area.Code(k)) },
			path:  func(k string) string { return r.figuresPath(area.Code(k)) },
			terms: r.terms("areas", "commitments.holding", "share"),
		}),
		r.parted(split{
			id: "kolaborator", heading: r.lang.Say("Siapa yang memberi"), first: r.lang.Say("Golongan"), rows: s.Classes, all: all, none: none, givers: true,
			most: func(name, part, of string) string {
				return r.lang.Many(all, "Paling banyak %s: %s dari %s komitmen.", name, part, of)
			}, order: listed([]string{"social_organization", "business", "individual", "community", "government"}),
			name: func(k string) string { return r.lang.Class(aid.Class(k)) }, lower: true,
			terms: r.terms("collaborators", "classes", "share"), links: []crumb{{r.lang.Say("Daftar kolaborator"), "/kolaborator/"}},
		}),
		r.parted(split{
			id: "penerima", heading: r.lang.Say("Siapa yang menerima"), first: r.lang.Say("Penerima"), rows: s.Kinds, all: all, none: none,
			most: func(name, part, of string) string {
				return r.lang.Many(all, "Paling banyak untuk %s: %s dari %s komitmen.", name, part, of)
			}, order: listed(kinds),
			name:  func(k string) string { return r.kindName(aid.KindID(k)) },
			terms: r.terms("kinds", "share"),
		}),
		r.packages(s.Packages, all),
		r.parted(split{
			id: "program", heading: r.lang.Say("Lewat program apa"), first: r.lang.Say("Nama program"), rows: s.Programs, all: all, none: none, givers: true,
			most: func(name, part, of string) string {
				return r.lang.Many(all, "Paling banyak lewat %s: %s dari %s komitmen.", name, part, of)
			}, order: listed(programs),
			name: r.programName, path: r.programPath,
			terms: r.terms("programs", "collaborators", "share"), links: []crumb{{r.lang.Say("Semua program"), "/program/"}},
		}),
		r.parted(split{
			id: "jalur", heading: r.lang.Say("Langsung atau lewat mitra"), first: r.lang.Say("Jalur"), rows: s.Routes, all: all, none: none,
			most: func(name, part, of string) string {
				return r.lang.Many(all, "Paling banyak %s: %s dari %s komitmen.", name, part, of)
			}, order: listed([]string{string(aid.Direct), string(aid.Aggregate)}),
			name: func(k string) string { return r.lang.Route(aid.Route(k)) }, lower: true,
			terms: r.terms("routes", "share"),
		}),
	}
}

func (r *Renderer) programName(k string) string {
	if p, ok := r.pack.Program(aid.ProgramID(k)); ok {
		return p.Name
	}
	return k
}

// programPath leads to the page of a programme, nowhere for one that the pack no
// longer has.
func (r *Renderer) programPath(k string) string {
	if p, ok := r.pack.Program(aid.ProgramID(k)); ok {
		return programPath(p.ID)
	}
	return ""
}

// figuresPath leads to the statistics of an area, and to its page on the map
// where it has none.
func (r *Renderer) figuresPath(code area.Code) string {
	if code == r.pack.Root || code.Level() == area.Kota {
		return statisticsPath(code, r.pack.Root)
	}
	return r.areaPath(code)
}

// packages says of some rows what kinds of aid there are: how each package
// stands in its own unit, because units of different packages are never added.
// all is how many commitments hold.
func (r *Renderer) packages(packages []tally.Row, all int64) section {
	f := section{ID: "barang", Heading: r.lang.Say("Bantuan apa"), Terms: r.terms("packages", "units", "share"), Said: r.lang.Say("Belum ada kebutuhan dan bantuan yang tercatat.")}
	var order []string
	for _, p := range r.pack.Packages {
		order = append(order, string(p.ID))
	}
	rows := byCommitments(packages, func(k string) int { return slices.Index(order, k) })
	t := &grid{Caption: r.lang.Say("Bantuan menurut jenis, dalam satuannya"), Head: []string{r.lang.Say("Jenis"), r.lang.Say("Komitmen"), r.lang.Say("Dibutuhkan"), r.lang.Say("Dijanjikan"), r.lang.Say("Dikirim"), r.lang.Say("Diterima")}}
	var drawn []barRow
	first := ""
	for _, row := range rows {
		if first == "" && all > 0 {
			first = r.lang.Many(all, "Paling banyak %s: %s dari %s komitmen.", r.goodsName(row.Key), r.lang.Percent(row.Commitments.Holding, all), r.lang.Number(all))
		}
		line := gridRow{Name: r.goodsName(row.Key), Cells: []string{r.lang.Percent(row.Commitments.Holding, all)}}
		if u := row.Units; u != nil {
			p := r.packageOf(aid.PackageID(row.Key))
			if p.Unit != "" {
				line.Name += " (" + p.Unit + ")"
			}
			for _, n := range []int64{u.Needed, u.Committed, u.Delivered, u.Received} {
				line.Cells = append(line.Cells, r.lang.Number(n))
			}
			if u.Needed > 0 {
				drawn = append(drawn, barRow{
					Label: strings.TrimPrefix(r.goodsName(row.Key), "Paket "), Value: r.lang.Say("%s diterima", r.lang.Percent(u.Received, u.Needed)),
					Whole: u.Needed, Parts: []int64{u.Received, u.Delivered, u.Committed},
				})
			}
		} else {
			line.Name += " (Rp)"
			line.Cells = append(line.Cells, bahasa.Nothing)
			for _, n := range []int64{row.Free.Committed, row.Free.Delivered, row.Free.Received} {
				line.Cells = append(line.Cells, r.lang.Number(n))
			}
		}
		t.Rows = append(t.Rows, line)
	}
	if first != "" {
		f.Said = first
	} else if len(drawn) > 0 {
		f.Said = r.lang.Say("Belum ada komitmen yang tercatat.")
	}
	if f.Chart = bars(r.lang, r.lang.Say("Bantuan menurut jenis, bagian dari kebutuhannya"), drawn, stacked, true); f.Chart != nil {
		f.Legend = r.stackedKeys()
	}
	r.list(&f, t)
	return f
}

func (r *Renderer) goodsName(k string) string {
	if k == "" {
		return r.lang.Say("Di luar daftar kebutuhan")
	}
	p := r.packageOf(aid.PackageID(k))
	if p.Modality == aid.Loan && !strings.Contains(strings.ToLower(p.Name), strings.ToLower(r.lang.Say("Pinjaman"))) {
		return r.lang.Say("%s, pinjaman", p.Name)
	}
	return p.Name
}

// fairness says how evenly areas are helped: by value for each 1,000
// households, by days of food, and where nothing arrived.
func (r *Renderer) fairness(s tally.Statistics) []section {
	name := func(k string) string { return r.pack.AreaName(area.Code(k)) }
	known := func(row tally.Row) tally.Register {
		if row.Place == nil {
			return tally.Register{Coverage: -1, PerThousand: -1}
		}
		return *row.Place
	}
	sorted := func(of func(tally.Register) int64) []tally.Row {
		rows := slices.Clone(s.Areas)
		slices.SortStableFunc(rows, func(a, b tally.Row) int {
			return cmp.Or(cmp.Compare(of(known(b)), of(known(a))), strings.Compare(a.Key, b.Key))
		})
		return rows
	}

	even := section{ID: "merata", Heading: r.lang.Say("Bantuan per 1.000 KK"), Terms: r.terms("perThousandHouseholds"), Said: r.lang.Say("Jumlah KK belum diketahui.")}
	t := &grid{Caption: r.lang.Say("Nilai diterima per 1.000 KK"), Head: []string{r.lang.Say("Wilayah"), r.lang.Say("KK"), r.lang.Say("Per 1.000 KK (Rp)")}}
	var rows []barRow
	for _, row := range sorted(func(p tally.Register) int64 { return p.PerThousand }) {
		p := known(row)
		if p.PerThousand < 0 {
			t.Rows = append(t.Rows, gridRow{Name: name(row.Key), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{bahasa.Nothing, bahasa.Nothing}})
			continue
		}
		rows = append(rows, barRow{Label: name(row.Key), Value: r.lang.Short(p.PerThousand), Parts: []int64{p.PerThousand}})
		t.Rows = append(t.Rows, gridRow{Name: name(row.Key), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{r.lang.Number(p.Households), r.lang.Number(p.PerThousand)}})
	}
	if s.Register.PerThousand >= 0 {
		even.Said = r.lang.Say("Setiap 1.000 KK menerima %s.", r.lang.Short(s.Register.PerThousand))
		if n := len(rows); n > 1 {
			even.Said = r.lang.Say("Setiap 1.000 KK menerima %s: terbanyak di %s, tersedikit di %s.", r.lang.Short(s.Register.PerThousand), rows[0].Label, rows[n-1].Label)
		}
	}
	even.Chart = bars(r.lang, r.lang.Say("Nilai yang diterima untuk setiap 1.000 KK"), rows, one, false)
	r.list(&even, t)

	food := section{ID: "cukup", Heading: r.lang.Say("Pangan cukup untuk berapa hari"), Terms: r.terms("coverage", "householdDays"), Said: r.lang.Say("Belum ada kebutuhan pangan yang tercatat.")}
	if s.Register.Coverage >= 0 {
		food.Said = r.lang.Say("Yang sudah diterima cukup untuk %s hari makan satu KK, yaitu %s dari yang dibutuhkan.", r.lang.Number(s.Register.HouseholdDays), r.lang.Coverage(s.Register))
	}
	t, rows = &grid{Caption: r.lang.Say("Hari-KK pangan yang diterima"), Head: []string{r.lang.Say("Wilayah"), r.lang.Say("Hari-KK"), r.lang.Say("Dari kebutuhan")}}, nil
	for _, row := range sorted(func(p tally.Register) int64 { return p.Coverage }) {
		p := known(row)
		if p.Coverage >= 0 {
			rows = append(rows, barRow{Label: name(row.Key), Value: r.lang.Coverage(p), Whole: 10_000, Parts: []int64{p.Coverage}})
		}
		t.Rows = append(t.Rows, gridRow{Name: name(row.Key), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{r.lang.Number(p.HouseholdDays), r.lang.Coverage(p)}})
	}
	food.Chart = bars(r.lang, r.lang.Say("Bagian kebutuhan pangan yang sudah diterima"), rows, one, false)
	r.list(&food, t)

	none := section{ID: "belum", Heading: r.lang.Say("Yang belum menerima apa pun"), Terms: r.terms("unreached", "reached", "recipients"), Said: r.lang.Say("Semua lokasi yang membutuhkan sudah dikirimi sesuatu.")}
	if n := s.Register.Unreached; n > 0 {
		none.Said = r.lang.Say("%s dari %s lokasi (%s) membutuhkan sesuatu dan belum dikirimi apa pun.", r.lang.Number(n), r.lang.Number(s.Register.Recipients), r.lang.Percent(n, s.Register.Recipients))
	} else if s.Register.Recipients == 0 {
		none.Said = r.lang.Say("Belum ada lokasi yang tercatat.")
	}
	t, rows = &grid{Caption: r.lang.Say("Lokasi yang belum menerima apa pun"), Head: []string{r.lang.Say("Wilayah"), r.lang.Say("Lokasi"), r.lang.Say("Belum"), r.lang.Say("Bagian")}}, nil
	for _, row := range sorted(func(p tally.Register) int64 { return p.Unreached }) {
		p := known(row)
		rows = append(rows, barRow{Label: name(row.Key), Value: r.lang.Say("%s dari %s", r.lang.Number(p.Unreached), r.lang.Number(p.Recipients)), Whole: p.Recipients, Parts: []int64{p.Unreached}})
		t.Rows = append(t.Rows, gridRow{Name: name(row.Key), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{r.lang.Number(p.Recipients), r.lang.Number(p.Unreached), r.lang.Percent(p.Unreached, p.Recipients)}})
	}
	if s.Register.Unreached > 0 {
		none.Chart = bars(r.lang, r.lang.Say("Lokasi yang belum menerima apa pun, dari semua lokasi"), rows, []string{"ba"}, false)
	}
	r.list(&none, t)
	return []section{even, food, none}
}

// contact says how soon promises become talks, and how many come to nothing.
func (r *Renderer) contact(s tally.Statistics) section {
	c := s.Contact
	f := section{ID: "kontak", Heading: r.lang.Say("Dari komitmen sampai berbicara"), Terms: r.terms("medianHours", "p90Hours", "contactHours", "lapseShare", "disputeShare"), Said: r.lang.Say("Belum ada komitmen yang kedua pihaknya sudah berbicara.")}
	if c.MedianHours != nil && c.P90Hours != nil {
		f.Said = r.lang.Say("Separuh dari %s komitmen yang sudah dibicarakan: dalam %s; sembilan dari sepuluh: dalam %s.",
			r.lang.Number(c.Contacted), r.lang.Hours(*c.MedianHours), r.lang.Hours(*c.P90Hours))
	}
	steps := []struct {
		below int
		name  string
	}{{6, "0–5"}, {12, "6–11"}, {24, "12–23"}, {36, "24–35"}, {48, "36–47"}, {aid.LongestHour, "48–95"}, {aid.LongestHour + 1, "96+"}}
	counts := make([]int64, len(steps))
	for hour, n := range s.HourCount {
		for i, step := range steps {
			if hour < step.below || i == len(steps)-1 {
				counts[i] += n
				break
			}
		}
	}
	t := &grid{Caption: r.lang.Say("Komitmen menurut jam sampai berbicara"), Head: []string{r.lang.Say("Jam sejak dijanjikan"), r.lang.Say("Komitmen"), r.lang.Say("Bagian")}}
	var cols []column
	for i, step := range steps {
		cols = append(cols, column{Label: step.name, Above: r.lang.Number(counts[i]), Values: []int64{counts[i]}})
		t.Rows = append(t.Rows, gridRow{Name: r.lang.Say("%s jam", step.name), Cells: []string{r.lang.Number(counts[i]), r.lang.Percent(counts[i], c.Contacted)}})
	}
	f.Chart = columns(r.lang.Say("Banyaknya komitmen menurut jam sampai kedua pihak berbicara"), f.Said, cols, one, r.lang.Number)
	if f.Chart != nil {
		f.Grid = t
	}
	if c.Pledged > 0 {
		lapsed := s.Whole.Commitments.Lapsed
		f.Facts = []fact{
			{Name: r.lang.Say("Gugur tanpa kontak"), Value: r.lang.Percent(lapsed, c.Pledged), About: r.lang.Many(c.Pledged, "%s dari %s komitmen", r.lang.Number(lapsed), r.lang.Number(c.Pledged))},
			{Name: r.lang.Say("Pernah dipersengketakan jumlahnya"), Value: r.lang.Percent(s.Whole.Commitments.Disputes, c.Pledged), About: r.lang.Many(c.Pledged, "%s dari %s komitmen", r.lang.Number(s.Whole.Commitments.Disputes), r.lang.Number(c.Pledged))},
		}
	}
	return f
}

// largest lists the RW with most households (S-069).
func (r *Renderer) largest(s tally.Statistics) section {
	f := section{ID: "terbesar", Heading: r.lang.Say("RW dengan KK terbanyak"), Terms: r.terms("largest", "coverage"), Said: r.lang.Say("Belum ada RW yang tercatat.")}
	if len(s.Largest) == 0 {
		return f
	}
	head := []string{r.lang.Say("RW"), r.lang.Say("KK"), r.lang.Say("Jiwa"), r.lang.Say("Pangan diterima")}
	var rows []gridRow
	for _, l := range s.Largest {
		rows = append(rows, gridRow{
			Name: r.fullName(aid.Recipient{Name: l.Name, Area: l.Area}), Path: placePath(l.Recipient),
			Cells: []string{r.lang.Number(l.Households), r.lang.Number(l.People), r.lang.Share(l.Coverage)},
		})
	}
	f.Said = r.lang.Say("Terbesar: %s dengan %s KK.", rows[0].Name, r.lang.Number(s.Largest[0].Households))
	const shown = 10
	f.Grid = &grid{Caption: r.lang.Say("Daftar RW dengan KK terbanyak"), Head: head, Rows: rows[:min(shown, len(rows))]}
	if len(rows) > shown {
		f.Folded = []folded{{
			Summary: r.lang.Say("%d RW berikutnya", len(rows)-shown),
			Grid:    &grid{Caption: r.lang.Say("RW ke-%d sampai ke-%d", shown+1, len(rows)), Head: head, Rows: rows[shown:]},
		}}
	}
	return f
}
