package page

import (
	"cmp"
	"fmt"
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
}

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

var stackedKeys = []shade{{"b1", "diterima"}, {"b2", "dikirim"}, {"b3", "dijanjikan"}, {"b0", "belum dijanjikan"}}

// left returns what nobody has promised yet. Prices may rise between a need and
// its promise, so that more can be given than was needed.
func left(s tally.Stand) int64 { return max(0, s.Needed-s.Given()) }

// whole says how the value of everything stands.
func (r *Renderer) worth(s tally.Statistics) section {
	g := s.Whole.Gift
	f := section{ID: "nilai", Heading: "Dari kebutuhan sampai diterima", Terms: terms("needed", "committed", "delivered", "received", "disputed", "lapsed", "withdrawn", "gift", "loan", "free")}
	if g.Needed > 0 {
		f.Said = fmt.Sprintf("Dari kebutuhan senilai %s, %s sudah diterima, dan %s belum dijanjikan siapa pun.",
			bahasa.Short(g.Needed), bahasa.Percent(g.Received, g.Needed), bahasa.Percent(left(g), g.Needed))
	} else {
		f.Said = "Belum ada kebutuhan berharga acuan yang tercatat."
	}
	q := tally.Quantities{Needed: g.Needed, Committed: g.Committed, Delivered: g.Delivered, Received: g.Received}
	b := barOf(q)
	b.Label = fmt.Sprintf("%s diterima, %s dikirim, %s dijanjikan, dari kebutuhan %s", bahasa.Short(g.Received), bahasa.Short(g.Delivered), bahasa.Short(g.Committed), bahasa.Short(g.Needed))
	f.State = &stateView{Bar: b, Keys: []stateKey{
		{"b1", "diterima", bahasa.Short(g.Received)}, {"b2", "dikirim", bahasa.Short(g.Delivered)},
		{"b3", "dijanjikan", bahasa.Short(g.Committed)}, {"b0", "belum dijanjikan", bahasa.Short(left(g))},
	}}
	t := &grid{Caption: "Nilai menurut keadaan, dalam rupiah", Head: []string{"Keadaan", "Pemberian", "Pinjaman", "Di luar daftar"}}
	line := func(name string, of func(tally.Stand) int64) {
		row := gridRow{Name: name}
		for _, stand := range []tally.Stand{s.Whole.Gift, s.Whole.Loan, s.Whole.Free} {
			row.Cells = append(row.Cells, bahasa.Number(of(stand)))
		}
		t.Rows = append(t.Rows, row)
	}
	line("Dibutuhkan", func(s tally.Stand) int64 { return s.Needed })
	line("Dijanjikan", func(s tally.Stand) int64 { return s.Committed })
	line("· di antaranya dipersengketakan", func(s tally.Stand) int64 { return s.Disputed })
	line("Dikirim", func(s tally.Stand) int64 { return s.Delivered })
	line("Diterima", func(s tally.Stand) int64 { return s.Received })
	line("Gugur", func(s tally.Stand) int64 { return s.Lapsed })
	line("Dibatalkan", func(s tally.Stand) int64 { return s.Withdrawn })
	for i := range t.Rows { // only what is needed of free aid does not exist
		if i == 0 {
			t.Rows[i].Cells[2] = "–"
		}
	}
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
	most        string // "Paling banyak dari %s"
	none        string
	rows        []tally.Row
	all         int64 // commitments that hold
	order       func(key string) int
	name        func(key string) string
	lower       bool // names begin small inside a sentence
	path        func(key string) string
	givers      bool // how many collaborators is known of each row
	terms       []term
}

// inside writes a name inside a sentence.
func (p split) inside(key string) string {
	name := p.name(key)
	if p.lower && name != "" {
		name = strings.ToLower(name[:1]) + name[1:]
	}
	return name
}

// section says how the commitments part.
func (p split) section() section {
	f := section{ID: p.id, Heading: p.heading, Terms: p.terms, Said: p.none}
	rows := byCommitments(p.rows, p.order)
	if p.all > 0 && len(rows) > 0 {
		top := rows[0]
		f.Said = fmt.Sprintf(p.most, p.inside(top.Key), bahasa.Percent(top.Commitments.Holding, p.all), bahasa.Number(p.all))
	}
	t := &grid{Caption: p.heading + ": komitmen dan nilai yang diterima", Head: []string{p.first, "Komitmen", "Bagian", "Diterima (Rp)"}}
	if p.givers {
		t.Head = slices.Insert(t.Head, 1, "Kolaborator")
	}
	var all []barRow
	for _, row := range rows {
		n := row.Commitments.Holding
		all = append(all, barRow{Label: p.name(row.Key), Value: bahasa.Percent(n, p.all), Parts: []int64{n}})
		line := gridRow{Name: p.name(row.Key), Cells: []string{bahasa.Number(n), bahasa.Percent(n, p.all), bahasa.Number(row.Gift.Received + row.Free.Received)}}
		if p.path != nil {
			line.Path = p.path(row.Key)
		}
		if p.givers {
			line.Cells = slices.Insert(line.Cells, 0, bahasa.Count(row.Collaborators))
		}
		t.Rows = append(t.Rows, line)
	}
	f.Chart = bars(p.heading+", bagian dari semua komitmen", all, one, false)
	f.list(t)
	return f
}

// longest is how many rows a table has at most to stand open.
const longest = 8

// list puts a table under a section, folded where it is long.
func (f *section) list(t *grid) {
	switch n := len(t.Rows); {
	case n > longest:
		f.Folded = append([]folded{{Summary: fmt.Sprintf("Tabel, %d baris", n), Grid: t}}, f.Folded...)
	case n > 0:
		f.Grid = t
	}
}

// splits returns every way in which the commitments of an area are parted.
func (r *Renderer) splits(code area.Code, s tally.Statistics) []section {
	all := s.Whole.Commitments.Holding
	none := "Belum ada komitmen yang tercatat."
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
		split{
			id: "wilayah", heading: "Ke mana bantuan pergi", first: "Wilayah", rows: s.Areas, all: all, none: none,
			most: "Paling banyak ke %s: %s dari %s komitmen.", order: func(string) int { return 0 },
			name:  func(k string) string { return r.pack.AreaName(area.Code(k)) },
			path:  func(k string) string { return r.figuresPath(area.Code(k)) },
			terms: terms("areas", "commitments.holding", "share"),
		}.section(),
		split{
			id: "kolaborator", heading: "Siapa yang memberi", first: "Golongan", rows: s.Classes, all: all, none: none, givers: true,
			most: "Paling banyak %s: %s dari %s komitmen.", order: listed([]string{"social_organization", "business", "individual", "community", "government"}),
			name: func(k string) string { return bahasa.Class(aid.Class(k)) }, lower: true,
			terms: terms("collaborators", "classes", "share"),
		}.section(),
		split{
			id: "penerima", heading: "Siapa yang menerima", first: "Penerima", rows: s.Kinds, all: all, none: none,
			most: "Paling banyak untuk %s: %s dari %s komitmen.", order: listed(kinds),
			name:  func(k string) string { return r.kindName(aid.KindID(k)) },
			terms: terms("kinds", "share"),
		}.section(),
		r.packages(s),
		split{
			id: "program", heading: "Lewat program apa", first: "Program", rows: s.Programs, all: all, none: none, givers: true,
			most: "Paling banyak lewat %s: %s dari %s komitmen.", order: listed(programs),
			name:  r.programName,
			terms: terms("programs", "collaborators", "share"),
		}.section(),
		split{
			id: "jalur", heading: "Langsung atau lewat mitra", first: "Jalur", rows: s.Routes, all: all, none: none,
			most: "Paling banyak %s: %s dari %s komitmen.", order: listed([]string{string(aid.Direct), string(aid.Aggregate)}),
			name: func(k string) string { return bahasa.Route(aid.Route(k)) }, lower: true,
			terms: terms("routes", "share"),
		}.section(),
	}
}

func (r *Renderer) programName(k string) string {
	if p, ok := r.pack.Program(aid.ProgramID(k)); ok {
		return p.Name
	}
	return k
}

// figuresPath leads to the statistics of an area, and to its page on the map
// where it has none.
func (r *Renderer) figuresPath(code area.Code) string {
	if code == r.pack.Root || code.Level() == area.Kota {
		return statisticsPath(code, r.pack.Root)
	}
	return r.areaPath(code)
}

// packages says what kinds of aid there are: how each package stands in its own
// unit, because units of different packages are never added.
func (r *Renderer) packages(s tally.Statistics) section {
	f := section{ID: "barang", Heading: "Bantuan apa", Terms: terms("packages", "units", "share"), Said: "Belum ada kebutuhan dan bantuan yang tercatat."}
	var order []string
	for _, p := range r.pack.Packages {
		order = append(order, string(p.ID))
	}
	rows := byCommitments(s.Packages, func(k string) int { return slices.Index(order, k) })
	all := s.Whole.Commitments.Holding
	t := &grid{Caption: "Bantuan menurut jenis, dalam satuannya", Head: []string{"Jenis", "Komitmen", "Dibutuhkan", "Dijanjikan", "Dikirim", "Diterima"}}
	var drawn []barRow
	first := ""
	for _, row := range rows {
		if first == "" && all > 0 {
			first = fmt.Sprintf("Paling banyak %s: %s dari %s komitmen.", r.goodsName(row.Key), bahasa.Percent(row.Commitments.Holding, all), bahasa.Number(all))
		}
		line := gridRow{Name: r.goodsName(row.Key), Cells: []string{bahasa.Percent(row.Commitments.Holding, all)}}
		if u := row.Units; u != nil {
			p := r.packageOf(aid.PackageID(row.Key))
			if p.Unit != "" {
				line.Name += " (" + p.Unit + ")"
			}
			for _, n := range []int64{u.Needed, u.Committed, u.Delivered, u.Received} {
				line.Cells = append(line.Cells, bahasa.Number(n))
			}
			if u.Needed > 0 {
				drawn = append(drawn, barRow{
					Label: strings.TrimPrefix(r.goodsName(row.Key), "Paket "), Value: bahasa.Percent(u.Received, u.Needed) + " diterima",
					Whole: u.Needed, Parts: []int64{u.Received, u.Delivered, u.Committed},
				})
			}
		} else {
			line.Name += " (Rp)"
			line.Cells = append(line.Cells, "–")
			for _, n := range []int64{row.Free.Committed, row.Free.Delivered, row.Free.Received} {
				line.Cells = append(line.Cells, bahasa.Number(n))
			}
		}
		t.Rows = append(t.Rows, line)
	}
	if first != "" {
		f.Said = first
	} else if len(drawn) > 0 {
		f.Said = "Belum ada komitmen yang tercatat."
	}
	if f.Chart = bars("Bantuan menurut jenis, bagian dari kebutuhannya", drawn, stacked, true); f.Chart != nil {
		f.Legend = stackedKeys
	}
	f.list(t)
	return f
}

func (r *Renderer) goodsName(k string) string {
	if k == "" {
		return "Di luar daftar kebutuhan"
	}
	p := r.packageOf(aid.PackageID(k))
	if p.Modality == aid.Loan && !strings.Contains(strings.ToLower(p.Name), "pinjaman") {
		return p.Name + ", pinjaman"
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

	even := section{ID: "merata", Heading: "Bantuan per 1.000 KK", Terms: terms("perThousandHouseholds"), Said: "Jumlah KK belum diketahui."}
	t := &grid{Caption: "Nilai diterima per 1.000 KK", Head: []string{"Wilayah", "KK", "Per 1.000 KK (Rp)"}}
	var rows []barRow
	for _, row := range sorted(func(p tally.Register) int64 { return p.PerThousand }) {
		p := known(row)
		if p.PerThousand < 0 {
			t.Rows = append(t.Rows, gridRow{Name: name(row.Key), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{"–", "–"}})
			continue
		}
		rows = append(rows, barRow{Label: name(row.Key), Value: bahasa.Short(p.PerThousand), Parts: []int64{p.PerThousand}})
		t.Rows = append(t.Rows, gridRow{Name: name(row.Key), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{bahasa.Number(p.Households), bahasa.Number(p.PerThousand)}})
	}
	if s.Register.PerThousand >= 0 {
		even.Said = fmt.Sprintf("Setiap 1.000 KK menerima %s.", bahasa.Short(s.Register.PerThousand))
		if n := len(rows); n > 1 {
			even.Said = fmt.Sprintf("Setiap 1.000 KK menerima %s: terbanyak di %s, tersedikit di %s.", bahasa.Short(s.Register.PerThousand), rows[0].Label, rows[n-1].Label)
		}
	}
	even.Chart = bars("Nilai yang diterima untuk setiap 1.000 KK", rows, one, false)
	even.list(t)

	food := section{ID: "cukup", Heading: "Pangan cukup untuk berapa hari", Terms: terms("coverage", "householdDays"), Said: "Belum ada kebutuhan pangan yang tercatat."}
	if s.Register.Coverage >= 0 {
		food.Said = fmt.Sprintf("Yang sudah diterima cukup untuk %s hari makan satu KK, yaitu %s dari yang dibutuhkan.", bahasa.Number(s.Register.HouseholdDays), bahasa.Coverage(s.Register))
	}
	t, rows = &grid{Caption: "Hari-KK pangan yang diterima", Head: []string{"Wilayah", "Hari-KK", "Dari kebutuhan"}}, nil
	for _, row := range sorted(func(p tally.Register) int64 { return p.Coverage }) {
		p := known(row)
		if p.Coverage >= 0 {
			rows = append(rows, barRow{Label: name(row.Key), Value: bahasa.Coverage(p), Whole: 10_000, Parts: []int64{p.Coverage}})
		}
		t.Rows = append(t.Rows, gridRow{Name: name(row.Key), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{bahasa.Number(p.HouseholdDays), bahasa.Coverage(p)}})
	}
	food.Chart = bars("Bagian kebutuhan pangan yang sudah diterima", rows, one, false)
	food.list(t)

	none := section{ID: "belum", Heading: "Yang belum menerima apa pun", Terms: terms("unreached", "reached", "recipients"), Said: "Semua lokasi yang membutuhkan sudah dikirimi sesuatu."}
	if n := s.Register.Unreached; n > 0 {
		none.Said = fmt.Sprintf("%s dari %s lokasi (%s) membutuhkan sesuatu dan belum dikirimi apa pun.", bahasa.Number(n), bahasa.Number(s.Register.Recipients), bahasa.Percent(n, s.Register.Recipients))
	} else if s.Register.Recipients == 0 {
		none.Said = "Belum ada lokasi yang tercatat."
	}
	t, rows = &grid{Caption: "Lokasi yang belum menerima apa pun", Head: []string{"Wilayah", "Lokasi", "Belum", "Bagian"}}, nil
	for _, row := range sorted(func(p tally.Register) int64 { return p.Unreached }) {
		p := known(row)
		rows = append(rows, barRow{Label: name(row.Key), Value: bahasa.Number(p.Unreached) + " dari " + bahasa.Number(p.Recipients), Whole: p.Recipients, Parts: []int64{p.Unreached}})
		t.Rows = append(t.Rows, gridRow{Name: name(row.Key), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{bahasa.Number(p.Recipients), bahasa.Number(p.Unreached), bahasa.Percent(p.Unreached, p.Recipients)}})
	}
	if s.Register.Unreached > 0 {
		none.Chart = bars("Lokasi yang belum menerima apa pun, dari semua lokasi", rows, []string{"ba"}, false)
	}
	none.list(t)
	return []section{even, food, none}
}

// contact says how soon promises become talks, and how many come to nothing.
func (r *Renderer) contact(s tally.Statistics) section {
	c := s.Contact
	f := section{ID: "kontak", Heading: "Dari janji sampai berbicara", Terms: terms("medianHours", "p90Hours", "contactHours", "lapseShare", "disputeShare"), Said: "Belum ada komitmen yang kedua pihaknya sudah berbicara."}
	if c.MedianHours != nil && c.P90Hours != nil {
		f.Said = fmt.Sprintf("Separuh dari %s komitmen yang sudah dibicarakan: dalam %s; sembilan dari sepuluh: dalam %s.",
			bahasa.Number(c.Contacted), bahasa.Hours(*c.MedianHours), bahasa.Hours(*c.P90Hours))
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
	t := &grid{Caption: "Komitmen menurut jam sampai berbicara", Head: []string{"Jam sejak dijanjikan", "Komitmen", "Bagian"}}
	var cols []column
	for i, step := range steps {
		cols = append(cols, column{Label: step.name, Above: bahasa.Number(counts[i]), Values: []int64{counts[i]}})
		t.Rows = append(t.Rows, gridRow{Name: step.name + " jam", Cells: []string{bahasa.Number(counts[i]), bahasa.Percent(counts[i], c.Contacted)}})
	}
	f.Chart = columns("Banyaknya komitmen menurut jam sampai kedua pihak berbicara", f.Said, cols, one, bahasa.Number)
	if f.Chart != nil {
		f.Grid = t
	}
	if c.Pledged > 0 {
		lapsed := s.Whole.Commitments.Lapsed
		f.Facts = []fact{
			{Name: "Gugur tanpa kontak", Value: bahasa.Percent(lapsed, c.Pledged), About: bahasa.Number(lapsed) + " dari " + bahasa.Number(c.Pledged) + " komitmen"},
			{Name: "Pernah dipersengketakan jumlahnya", Value: bahasa.Percent(s.Whole.Commitments.Disputes, c.Pledged), About: bahasa.Number(s.Whole.Commitments.Disputes) + " dari " + bahasa.Number(c.Pledged) + " komitmen"},
		}
	}
	return f
}

// largest lists the RW with most households (S-069).
func (r *Renderer) largest(s tally.Statistics) section {
	f := section{ID: "terbesar", Heading: "RW dengan KK terbanyak", Terms: terms("largest", "coverage"), Said: "Belum ada RW yang tercatat."}
	if len(s.Largest) == 0 {
		return f
	}
	head := []string{"RW", "KK", "Jiwa", "Pangan diterima"}
	var rows []gridRow
	for _, l := range s.Largest {
		rows = append(rows, gridRow{
			Name: r.fullName(aid.Recipient{Name: l.Name, Area: l.Area}), Path: placePath(l.Recipient),
			Cells: []string{bahasa.Number(l.Households), bahasa.Number(l.People), bahasa.Share(l.Coverage)},
		})
	}
	f.Said = fmt.Sprintf("Terbesar: %s dengan %s KK.", rows[0].Name, bahasa.Number(s.Largest[0].Households))
	const shown = 10
	f.Grid = &grid{Caption: "Daftar RW dengan KK terbanyak", Head: head, Rows: rows[:min(shown, len(rows))]}
	if len(rows) > shown {
		f.Folded = []folded{{
			Summary: fmt.Sprintf("%d RW berikutnya", len(rows)-shown),
			Grid:    &grid{Caption: fmt.Sprintf("RW ke-%d sampai ke-%d", shown+1, len(rows)), Head: head, Rows: rows[shown:]},
		}}
	}
	return f
}
