package intake

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/sheet"
)

// Limits of values. They are those of what an office types by hand.
const (
	maxName       = 120
	maxAddress    = 200
	maxSteward    = 80
	maxSource     = 80
	maxHouseholds = 1_000_000
	maxPeople     = 10_000_000
	maxNeeded     = 1_000_000
)

// Entry is one row that can be read. What its row left empty is empty here, and
// stays as it is known.
type Entry struct {
	Row  int
	ID   aid.RecipientID
	Leaf aid.Leaf

	// Of a recipient.
	Kind                         aid.KindID
	Area                         area.Code
	Name                         string
	Point                        *aid.Point
	Households, People           *int64
	Steward, Phone, Email, Place string
	Closed                       *bool

	// Of a need, an indicator or a flag.
	Package    aid.PackageID
	Needed     int64
	On         aid.Day
	Source     string
	Indicators []aid.Indicator
	Flag       aid.FlagID
	Off        bool
}

// Reader reads rows into entries. It remembers what it has read: a code may
// stand once in a file. It is not safe for concurrent use.
type Reader struct {
	Pack    *region.Pack
	List    List
	Mapping Mapping
	Headers []string
	By      aid.Staff // sees and changes only what is in their areas
	Program aid.ProgramID
	Today   aid.Day
	Phone   aid.PhoneReader

	seen  map[string]int
	names map[string][]area.Code // of kelurahan, by folded name
}

// reading collects what one row says.
type reading struct {
	r      *Reader
	row    sheet.Row
	issues []Issue
}

// Row reads one row. Of one with issues the entry is of no use.
func (r *Reader) Row(row sheet.Row) (Entry, []Issue) {
	if r.seen == nil {
		r.seen, r.names = map[string]int{}, map[string][]area.Code{}
		for _, a := range r.Pack.At(area.Kelurahan) {
			r.names[folded(a.Name)] = append(r.names[folded(a.Name)], a.Code)
		}
	}
	g := &reading{r: r, row: row}
	if row.Problem != nil {
		return Entry{}, []Issue{r.troubled(row)}
	}
	if extra := len(row.Cells) - len(r.Headers); extra > 0 {
		g.issue("", row.Cells[len(r.Headers)], wrong{"barisnya lebih panjang daripada judul kolom", "mungkin ada pemisah di dalam nilai: beri tanda kutip"})
		return Entry{}, g.issues
	}
	e := Entry{Row: row.Number}
	switch r.List {
	case Recipients:
		g.recipient(&e)
	case Needs:
		g.need(&e)
	case Indicators:
		g.indicators(&e)
	case Flags:
		g.flag(&e)
	}
	if len(g.issues) > 0 {
		return Entry{}, g.issues
	}
	key := string(e.ID) + "\x00" + string(e.Package) + "\x00" + string(e.Flag)
	if first, twice := r.seen[key]; twice {
		g.issue("code", string(e.ID), wrong{fmt.Sprintf("sudah ada di baris %d", first), "hapus salah satunya"})
		return Entry{}, g.issues
	}
	r.seen[key] = row.Number
	return e, nil
}

// troubled says what is wrong with a row that could not be split into cells.
func (r *Reader) troubled(row sheet.Row) Issue {
	p := row.Problem
	i := Issue{Row: row.Number, Value: Masked("", p.Value)}
	if p.Column >= 0 && p.Column < len(r.Headers) {
		i.Column = r.Headers[p.Column]
	}
	w := map[sheet.Kind]wrong{
		sheet.TooLong:  {"barisnya terlalu panjang", "periksa apakah ada tanda kutip atau ganti baris yang hilang"},
		sheet.TooWide:  {"kolomnya terlalu banyak", fmt.Sprintf("paling banyak %d kolom", sheet.MaxColumns)},
		sheet.Quote:    {"tanda kutip tidak ditutup", "tutup atau hapus tanda kutip itu"},
		sheet.Null:     {"ada karakter kosong (NUL)", "simpan ulang dari program lembar kerja"},
		sheet.Encoding: {"hurufnya rusak", "simpan berkas sebagai CSV UTF-8"},
		sheet.Formula:  {"selnya berisi rumus", "tempel sebagai nilai (paste values)"},
		sheet.Fault:    {"selnya berisi galat", "betulkan, lalu tempel sebagai nilai"},
	}[p.Kind]
	i.Problem, i.Remedy = w.problem, w.remedy
	return i
}

func (g *reading) issue(field, value string, w wrong) {
	header := ""
	if i := slices.Index(g.r.Mapping.Columns, field); i >= 0 && field != "" && i < len(g.r.Headers) {
		header = g.r.Headers[i]
	}
	value = Masked(field, value)
	const most = 80
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	g.issues = append(g.issues, Issue{Row: g.row.Number, Column: header, Value: value, Problem: w.problem, Remedy: w.remedy})
}

// cell returns what a row says in a field; a spreadsheet that we wrote guards
// what could run.
func (g *reading) cell(field string) string {
	if i := slices.Index(g.r.Mapping.Columns, field); i >= 0 {
		if i < len(g.row.Cells) {
			return report.Unguard(g.row.Cells[i])
		}
		return ""
	}
	return strings.TrimSpace(g.r.Mapping.Fixed[field])
}

var missing = wrong{"kosong", "isi nilainya"}

func (g *reading) text(field string, most int) string {
	s := g.cell(field)
	clean, w := line(s, most)
	if w != nil {
		g.issue(field, s, *w)
	}
	return clean
}

func (g *reading) required(field string, most int) string {
	s := g.text(field, most)
	if s == "" && strings.TrimSpace(g.cell(field)) == "" {
		g.issue(field, "", missing)
	}
	return s
}

func (g *reading) number(field string, most int64) *int64 {
	s := g.cell(field)
	if s == "" {
		return nil
	}
	n, w := whole(s, most)
	if w != nil {
		g.issue(field, s, *w)
		return nil
	}
	return &n
}

func (g *reading) day(field string) aid.Day {
	s := g.cell(field)
	if s == "" {
		g.issue(field, "", missing)
		return ""
	}
	d, w := day(s, g.r.Today)
	if w != nil {
		g.issue(field, s, *w)
	}
	return d
}

func (g *reading) yes(field string) bool {
	s := g.cell(field)
	b, w := yes(s)
	if w != nil {
		g.issue(field, s, *w)
	}
	return b
}

var plainCode = regexp.MustCompile(`^\d{10}(\d{3})?$`)

// dotted writes a code of digits alone with its dots.
func dotted(s string) string {
	if !plainCode.MatchString(s) {
		return s
	}
	code := s[:2] + "." + s[2:4] + "." + s[4:6] + "." + s[6:10]
	if len(s) == 13 {
		code += "." + s[10:]
	}
	return code
}

// who finds the recipient that a row is about, and its leaf.
func (g *reading) who(e *Entry) {
	typed := g.cell("code")
	code := dotted(strings.Trim(typed, " '"))
	if g.r.List == Recipients {
		code = g.recipientCode(e, code)
	} else if code == "" {
		g.issue("code", "", missing)
	}
	if code == "" {
		return
	}
	e.ID = aid.RecipientID(code)
	kelurahan, ok := aid.KelurahanOf(e.ID)
	if !ok {
		g.issue("code", typed, wrong{"bukan kode penerima", "tulis kode RW seperti " + exampleCode(g.r.Pack) + ", atau <kelurahan>-<jenis>-<nomor>"})
		return
	}
	if _, known := g.r.Pack.Area(kelurahan); !known {
		g.issue("code", typed, wrong{"kelurahan " + string(kelurahan) + " tidak dikenal", "periksa kode wilayahnya"})
		return
	}
	kind, place := g.kindOf(e.ID), area.Code(code)
	if place.Level() != area.RW {
		place = kelurahan
	}
	if !g.r.By.In(place) {
		g.issue("code", typed, wrong{"di luar wilayah Anda", "serahkan baris ini kepada petugas wilayah itu"})
		return
	}
	leaf, ok := g.r.Pack.Catalogue().LeafOf(aid.Recipient{Kind: kind, Area: place})
	if !ok {
		g.issue("code", typed, wrong{"jenis penerima di dalam kode tidak dikenal", "jenisnya salah satu dari: " + g.kinds()})
		return
	}
	if e.Kind != "" && e.Kind != kind {
		g.issue("kind", g.cell("kind"), wrong{"jenisnya lain dengan yang ada di kode", "samakan jenis dan kode"})
	}
	if e.Area != "" && e.Area.At(area.Kelurahan) != kelurahan {
		g.issue("area", g.cell("area"), wrong{"kelurahannya lain dengan yang ada di kode", "samakan kelurahan dan kode"})
	}
	e.Kind, e.Area, e.Leaf = kind, place, leaf
}

// kindOf reads the kind from an identifier.
func (g *reading) kindOf(id aid.RecipientID) aid.KindID {
	_, rest, found := strings.Cut(string(id), "-")
	if !found {
		k, _ := g.r.Pack.Territorial()
		return k.ID
	}
	return aid.KindID(rest[:max(0, strings.LastIndexByte(rest, '-'))])
}

func (g *reading) kinds() string {
	var names []string
	for _, k := range g.r.Pack.Kinds {
		names = append(names, k.Name)
	}
	return strings.Join(names, ", ")
}

// recipientCode makes the identifier of a recipient of what its row says: a
// kelurahan and the number of an RW; or, for what has no code yet, one that the
// same name, kind and kelurahan always lead to.
func (g *reading) recipientCode(e *Entry, code string) string {
	if s := g.cell("kind"); s != "" {
		for _, k := range g.r.Pack.Kinds {
			if f := folded(s); f == folded(string(k.ID)) || f == folded(k.Name) {
				e.Kind = k.ID
			}
		}
		if e.Kind == "" {
			g.issue("kind", s, wrong{"jenis penerima tidak dikenal", "jenisnya salah satu dari: " + g.kinds()})
			return ""
		}
	}
	if s := g.cell("area"); s != "" {
		if e.Area = g.kelurahan(s); e.Area == "" {
			return ""
		}
	}
	kelurahan := e.Area
	if parsed, err := area.Parse(code); err == nil && parsed.Level() == area.Kelurahan {
		kelurahan, code = parsed, ""
	}
	if code != "" {
		return code
	}
	territorial, _ := g.r.Pack.Territorial()
	switch rw := g.cell("rw"); {
	case kelurahan == "":
		g.issue("code", "", wrong{"kode kosong, dan kelurahannya pun tidak disebut", "isi kode, atau kelurahan beserta jenis dan nama"})
	case e.Kind == territorial.ID || e.Kind == "" && rw != "":
		n, w := whole(strings.TrimLeft(strings.TrimSpace(strings.TrimPrefix(strings.ToUpper(rw), "RW")), "."), 999)
		if w != nil || n == 0 {
			g.issue("rw", rw, wrong{"nomor RW tidak terbaca", "tulis nomornya saja, 1 sampai 999"})
			return ""
		}
		return fmt.Sprintf("%s.%03d", kelurahan, n)
	case e.Kind == "":
		g.issue("kind", "", missing)
	case folded(g.cell("name")) == "":
		g.issue("name", "", missing)
	default:
		h := fnv.New64a()
		h.Write([]byte(folded(g.cell("name"))))
		// Nine digits that begin with a 9 meet no number that people give out.
		return string(kelurahan) + "-" + string(e.Kind) + "-9" + fmt.Sprintf("%08d", h.Sum64()%100_000_000)
	}
	return ""
}

// kelurahan finds a kelurahan by code or name.
func (g *reading) kelurahan(s string) area.Code {
	if code, err := area.Parse(dotted(s)); err == nil {
		if a, known := g.r.Pack.Area(code); known && a.Level == area.Kelurahan {
			return code
		}
		g.issue("area", s, wrong{"kelurahan " + string(code) + " tidak dikenal", "periksa kode wilayahnya"})
		return ""
	}
	name := folded(s)
	for _, prefix := range []string{"kelurahan", "kel", "desa"} {
		if _, known := g.r.names[name]; !known {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				name = rest
			}
		}
	}
	found := g.r.names[name]
	if district := folded(g.cell("district")); district != "" {
		found = slices.DeleteFunc(slices.Clone(found), func(c area.Code) bool {
			a, _ := g.r.Pack.Area(c.Parent())
			return folded(a.Name) != strings.TrimPrefix(district, "kecamatan")
		})
	}
	switch {
	case len(found) == 1:
		return found[0]
	case len(found) > 1:
		g.issue("area", s, wrong{"nama kelurahan itu ada di beberapa kecamatan", "isi juga kolom kecamatan, atau pakai kode kelurahan"})
	default:
		g.issue("area", s, wrong{"kelurahan tidak dikenal", "periksa ejaannya, atau pakai kode kelurahan"})
	}
	return ""
}

func (g *reading) recipient(e *Entry) {
	g.who(e)
	e.Name = g.text("name", maxName)
	e.Households, e.People = g.number("households", maxHouseholds), g.number("people", maxPeople)
	e.Steward, e.Place = g.text("steward", maxSteward), g.text("address", maxAddress)
	e.Point = g.point()
	if s := g.cell("phone"); s != "" {
		phone, ok := "", false
		if g.r.Phone != nil {
			phone, ok = g.r.Phone(s)
		}
		if e.Phone = phone; !ok {
			g.issue("phone", s, wrong{"bukan nomor telepon", "tulis seperti 0812… atau +62812…; format kolomnya sebagai teks"})
		}
	}
	if s := g.cell("email"); s != "" {
		email, ok := aid.CleanEmail(s)
		if e.Email = email; !ok {
			g.issue("email", s, wrong{"bukan alamat surel", "tulis seperti nama@contoh.id"})
		}
	}
	if s := g.cell("closed"); s != "" {
		closed := g.yes("closed")
		e.Closed = &closed
	}
}

// point reads where a recipient stands.
func (g *reading) point() *aid.Point {
	lat, lng := g.cell("lat"), g.cell("lng")
	switch {
	case lat == "" && lng == "":
		return nil
	case lat == "":
		g.issue("lat", "", missing)
		return nil
	case lng == "":
		g.issue("lng", "", missing)
		return nil
	}
	y, w := degrees(lat)
	if w != nil {
		g.issue("lat", lat, *w)
		return nil
	}
	x, w := degrees(lng)
	if w != nil {
		g.issue("lng", lng, *w)
		return nil
	}
	box := g.r.Pack.Box
	for _, c := range []struct {
		p aid.Point
		w wrong
	}{
		{aid.Point{Lng: x, Lat: y}, wrong{}},
		{aid.Point{Lng: y, Lat: x}, wrong{"lintang dan bujur tertukar", "tukar isi kedua kolom itu"}},
		{aid.Point{Lng: x, Lat: -y}, wrong{"lintang tanpa tanda minus", "tulis " + strconv.FormatFloat(-y, 'f', -1, 64)}},
	} {
		if box.Contains(c.p) {
			if c.w.problem != "" {
				g.issue("lat", lat+" / "+lng, c.w)
				return nil
			}
			return &c.p
		}
	}
	g.issue("lat", lat+" / "+lng, wrong{"titiknya di luar wilayah " + g.r.Pack.AreaName(g.r.Pack.Root), "periksa koordinatnya"})
	return nil
}

func (g *reading) need(e *Entry) {
	g.who(e)
	typed := g.cell("package")
	if typed == "" {
		g.issue("package", "", missing)
	} else {
		for _, p := range g.r.Pack.Packages {
			if f := folded(typed); f == folded(string(p.ID)) || f == folded(p.Name) {
				e.Package = p.ID
				if g.r.Program != "" && p.Program != g.r.Program {
					g.issue("package", typed, wrong{"paket itu bukan dari program yang dipilih", "pilih program lain, atau hapus baris ini"})
				}
				if e.Kind != "" && !p.For(e.Kind) {
					g.issue("package", typed, wrong{"paket itu bukan untuk penerima jenis ini", "periksa kode penerima dan paketnya"})
				}
			}
		}
		if e.Package == "" {
			g.issue("package", typed, wrong{"paket tidak dikenal", "tulis nama atau kode paket seperti di katalog"})
		}
	}
	if g.cell("needed") == "" {
		g.issue("needed", "", missing)
	} else if n := g.number("needed", maxNeeded); n != nil {
		e.Needed = *n
	}
	e.On, e.Source = g.day("on"), g.required("source", maxSource)
}

func (g *reading) indicators(e *Entry) {
	g.who(e)
	e.On, e.Source = g.day("on"), g.required("source", maxSource)
	for _, i := range g.r.Pack.Indicators {
		if n := g.number(indicatorPrefix+string(i.ID), maxPeople); n != nil {
			e.Indicators = append(e.Indicators, aid.Indicator{ID: i.ID, Value: *n, On: e.On, Source: e.Source})
		}
	}
	if len(e.Indicators) == 0 && len(g.issues) == 0 {
		g.issue("", "", wrong{"tidak ada angka di baris ini", "isi sedikitnya satu angka, atau hapus barisnya"})
	}
}

func (g *reading) flag(e *Entry) {
	g.who(e)
	typed := g.cell("flag")
	if typed == "" {
		g.issue("flag", "", missing)
	} else {
		for _, f := range g.r.Pack.Flags {
			if t := folded(typed); t == folded(string(f.ID)) || t == folded(f.Name) {
				e.Flag = f.ID
			}
		}
		if e.Flag == "" {
			g.issue("flag", typed, wrong{"tanda tidak dikenal", "tulis nama atau kode tanda seperti di daftar"})
		}
	}
	e.On, e.Source, e.Off = g.day("on"), g.required("source", maxSource), g.yes("off")
}
