package region_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
)

func jakarta(t testing.TB) *region.Pack {
	t.Helper()
	p, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestJakartaHasAllItsAreas(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	for level, want := range map[area.Level]int{area.Provinsi: 1, area.Kota: 6, area.Kecamatan: 44, area.Kelurahan: 267} {
		if got := len(p.At(level)); got != want {
			t.Errorf("%d areas of level %s; want %d", got, level, want)
		}
	}
	if a, ok := p.Area("31.74"); !ok || a.Name != "Jakarta Selatan" || a.Official != "Kota Administrasi Jakarta Selatan" || a.Level != area.Kota {
		t.Errorf("31.74 is %+v, %t", a, ok)
	}
	if got := len(p.Children("31.01")); got != 2 {
		t.Errorf("Kepulauan Seribu has %d kecamatan; want 2", got)
	}
	var up []string
	for _, a := range p.Ancestors("31.71.01.1002.003") {
		up = append(up, a.Name)
	}
	if diff := cmp.Diff([]string{"DKI Jakarta", "Jakarta Pusat", "Gambir", "Cideng"}, up); diff != "" {
		t.Error(diff)
	}
	for code, want := range map[area.Code]string{"31.71.01.1002": "Cideng", "31.71.01.1002.003": "RW 003", "31.99": "31.99", "31.71.01.9999.003": "31.71.01.9999.003"} {
		if got := p.AreaName(code); got != want {
			t.Errorf("name of %s = %q; want %q", code, got, want)
		}
	}
	if at := time.Date(2026, 1, 1, 18, 0, 0, 0, time.UTC); aid.DayOf(at, p.Zone) != "2026-01-02" {
		t.Errorf("18:00 UTC is %s in %s", aid.DayOf(at, p.Zone), p.Zone)
	}
}

func TestJakartaAgreesWithTheReferenceData(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	for file, level := range map[string]area.Level{"jakarta_kelurahan": area.Kelurahan, "jakarta_kecamatan": area.Kecamatan, "jakarta_kota": area.Kota} {
		b, err := os.ReadFile("../../../shared/data/" + file + ".geojson")
		if err != nil {
			t.Skipf("reference data is not here: %v", err)
		}
		var f struct {
			Features []struct {
				Properties struct {
					Kode     area.Code
					Nama     string
					Lat, Lng float64
				}
			}
		}
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		if len(f.Features) != len(p.At(level)) {
			t.Errorf("%s: %d areas; the pack has %d", file, len(f.Features), len(p.At(level)))
		}
		for _, feature := range f.Features {
			want := feature.Properties
			a, ok := p.Area(want.Kode)
			if !ok || a.Name != want.Nama && a.Official != want.Nama || a.Point.Metres(aid.Point{Lng: want.Lng, Lat: want.Lat}) > 10 {
				t.Errorf("%s %q in the reference data; %+v in the pack", want.Kode, want.Nama, a)
			}
		}
	}
}

// The wordings are those of the sources (S-082 … S-085), which a programme
// may not reword.
func TestJakartaPackagesAreThoseOfTheSources(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	for _, want := range []struct {
		id       aid.PackageID
		name     string
		price    aid.Rupiah
		per      string
		days     int64
		contents string
	}{
		{"siap-saji", "Paket Makanan Siap Saji Pagi-Malam", 45_000, "orang/hari", 250, "Nasi, Sayur, Lauk Pauk, Minuman Segar, Takjil (untuk berbuka puasa)"},
		{"sembako", "Paket Sembako", 200_000, "KK/minggu", 7000, "Beras 5 Kg, Minyak Goreng 2L, Tepung Terigu 1 Kg, Susu Kental Manis 1 Kaleng, Gula Pasir 1 Kg, Teh dan Kopi Instan, Sarden 1 kaleng, Mie Instan 5 bungkus, Margarin 200 Gr, Kurma 500 Gr"},
		{"lebaran", "Paket Lebaran", 85_000, "KK", 0, "Sirup 580 ml, Biskuit, Gula Pasir, Teh, Nata De Coco"},
		{"thr-orang", "Paket THR per orang", 50_000, "orang", 0, "Uang tunai senilai Rp50.000/orang"},
		{"thr-keluarga", "Paket THR per keluarga", 200_000, "keluarga", 0, "Uang tunai senilai Rp200.000/keluarga"},
	} {
		k, ok := p.Package(want.id)
		if !ok || k.Name != want.name || k.Per != want.per || k.MilliHouseholdDays != want.days || strings.Join(k.Contents, ", ") != want.contents {
			t.Errorf("package %s: %+v", want.id, k)
		}
		if price, ok := k.PriceOn("2020-04-24"); !ok || price != want.price {
			t.Errorf("%s costs %d, %t on its first day; want %d", want.id, price, ok, want.price)
		}
		if price, ok := k.PriceOn("2020-04-23"); ok {
			t.Errorf("%s costs %d before there was a catalogue", want.id, price)
		}
	}
	for _, k := range p.Packages {
		if k.DirectOnly != (k.ID == "siap-saji") {
			t.Errorf("%s: direct only is %t (S-110)", k.ID, k.DirectOnly)
		}
		if once := k.ID == "lebaran" || k.Modality == aid.Cash; k.Once != once {
			t.Errorf("%s: once is %t", k.ID, k.Once)
		}
		if k.Program != "pangan" && len(k.Prices) > 0 {
			t.Errorf("%s has a price that no source names", k.ID)
		}
	}
	modality := func(id aid.PackageID) aid.Modality { k, _ := p.Package(id); return k.Modality }
	if modality("pinjaman-modal") != aid.Loan || modality("pelatihan") != aid.Training || modality("thr-orang") != aid.Cash {
		t.Error("loan, training and cash must be told apart from goods")
	}
}

func TestJakartaRunsFiveProgramsAndPlansThree(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	var running, planned []aid.ProgramID
	for _, g := range p.Programs {
		if g.Running {
			running = append(running, g.ID)
		} else {
			planned = append(planned, g.ID)
		}
	}
	if diff := cmp.Diff([]aid.ProgramID{"pangan", "umkm", "pendidikan", "permukiman", "persampahan"}, running); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]aid.ProgramID{"tenaga-kerja", "seni-budaya", "urban-farming"}, planned); diff != "" {
		t.Error(diff)
	}
	if got := len(p.RulesFor("pangan")); got != 3 {
		t.Errorf("%d goods rules for pangan; want 3", got)
	}
	if got := len(p.RulesFor("umkm")); got != 1 {
		t.Errorf("%d goods rules for umkm; want 1", got)
	}
}

func TestRevokedPermitTakesNothingNewAndStays(t *testing.T) {
	t.Parallel()
	cat := jakarta(t).Catalogue()
	act, ok := cat.Aggregators["aksi-cepat-tanggap"]
	if !ok || act.Permit.Valid("2022-07-05") || !act.Permit.Valid("2022-07-04") {
		t.Errorf("Aksi Cepat Tanggap: %+v, %t", act, ok)
	}
	valid := 0
	for _, a := range cat.Aggregators {
		if !strings.HasPrefix(a.Permit.Number, "CONTOH-") {
			t.Errorf("%s: permit number %q is not marked as an example", a.ID, a.Permit.Number)
		}
		if a.Permit.Valid("2026-11-22") {
			valid++
		}
	}
	if valid != 4 {
		t.Errorf("%d aggregators hold a permit; want 4", valid)
	}
}

func TestJakartaHadFourteenChannelsAndLaterThirteen(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	for day, want := range map[aid.Day]int{"2020-05-14": 14, "2022-10-23": 13} {
		if got := len(p.ChannelsOn(day)); got != want {
			t.Errorf("%d channels on %s; want %d", got, day, want)
		}
	}
}

func TestLeavesAreEveryGroupInEveryAreaOfItsLevel(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	leaves := p.Leaves()
	if got, want := len(leaves), 44+267+44; got != want { // umum, umkm, sekolah
		t.Errorf("%d leaves; want %d", got, want)
	}
	for kind, want := range map[aid.KindID]string{"rw": "31.74.01-umum", "pesantren": "31.74.01-umum", "umkm": "31.74.01.1001-umkm", "sekolah": "31.74.01-sekolah"} {
		leaf, ok := p.Catalogue().LeafOf(aid.Recipient{Kind: kind, Area: "31.74.01.1001"})
		if !ok || leaf.String() != want || !slices.Contains(leaves, leaf) {
			t.Errorf("leaf of a %s is %s, %t; want %s", kind, leaf, ok, want)
		}
	}
}

func TestCatalogueHasAllOfThePack(t *testing.T) {
	t.Parallel()
	for _, p := range []*region.Pack{jakarta(t), regiontest.Tiny(t)} {
		c := p.Catalogue()
		for what, n := range map[string][2]int{
			"programs": {len(c.Programs), len(p.Programs)}, "packages": {len(c.Packages), len(p.Packages)}, "kinds": {len(c.Kinds), len(p.Kinds)},
			"groups": {len(c.Groups), len(p.Groups)}, "aggregators": {len(c.Aggregators), len(p.Aggregators)},
		} {
			if n[0] != n[1] || n[0] == 0 {
				t.Errorf("%s: %d %s in the catalogue, %d in the pack", p.Name, n[0], what, n[1])
			}
		}
		if c.Limits != p.Limits || c.Zone != p.Zone {
			t.Errorf("%s: limits or zone differ", p.Name)
		}
	}
}

func TestAnotherRegionIsDataOnly(t *testing.T) {
	t.Parallel()
	p := regiontest.Tiny(t)
	if p.Root != "34" || len(p.At(area.Kelurahan)) != 3 || p.Title != "KSBB Pesisir" {
		t.Errorf("%s: root %s, %d kelurahan", p.Title, p.Root, len(p.At(area.Kelurahan)))
	}
	if _, offset := time.Now().In(p.Zone).Zone(); offset != 8*3600 {
		t.Errorf("zone is %d s from UTC", offset)
	}
	if got := p.AreaName("34.71.01.1001.002"); got != "Padukuhan 002" {
		t.Errorf("an RW is called %q there", got)
	}
	k, _ := p.Package("tangki")
	for day, want := range map[aid.Day]aid.Rupiah{"2024-01-01": 300_000, "2025-06-30": 300_000, "2025-07-01": 350_000} {
		if got, ok := k.PriceOn(day); !ok || got != want {
			t.Errorf("price on %s = %d, %t; want %d", day, got, ok, want)
		}
	}
	if !k.For("puskesmas") || !k.For("padukuhan") {
		t.Error("a package without kinds of its own is for those of its program")
	}
	if pump, _ := p.Package("pompa"); pump.For("puskesmas") {
		t.Error("the pump is for padukuhan only")
	}
	if got := len(p.Leaves()); got != 2+3 { // warga by kecamatan, layanan by kelurahan
		t.Errorf("%d leaves", got)
	}
}

func TestUnknownPackIsNotFound(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "nowhere", "../packs/dki-jakarta", "dki-jakarta/"} {
		if _, err := region.Load(name); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("Load(%q) = %v; want not found", name, err)
		}
	}
}

// TestNoRegionIsNamedInCode reads the code's string literals: what is true of
// one region only has its place in the packs.
func TestNoRegionIsNamedInCode(t *testing.T) {
	t.Parallel()
	local := regexp.MustCompile(`(?i)jakarta|dki|\b31\b|sembako|pesantren`)
	read := 0
	for _, pattern := range []string{"*.go", "../demo/*.go", "regiontest/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			read++
			ast.Inspect(parsed, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && local.MatchString(literal.Value) {
					t.Errorf("%s names a region: %s", file, literal.Value)
				}
				return true
			})
		}
	}
	if read < 8 {
		t.Errorf("only %d files read", read)
	}
}

func TestPacksHoldNoTelephoneNumber(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`(\+62|\b0)[\d\s-]{7,}\d`)
	if !number.MatchString("hubungi 0811-1234-567") {
		t.Fatal("the pattern finds no number at all")
	}
	err := fs.WalkDir(os.DirFS("packs"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join("packs", path))
		if found := number.Find(b); found != nil {
			t.Errorf("%s: %q looks like a telephone number", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// schemaOf compiles the schema of a pack file.
func schemaOf(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	name := strings.TrimSuffix(strings.TrimSuffix(file, ".geojson"), ".json") + ".schema.json"
	b, err := region.Schemas.ReadFile("schemas/" + name)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestEveryPackFileFollowsItsSchema(t *testing.T) {
	t.Parallel()
	packs := map[string]fs.FS{"tiny": regiontest.Files(t)}
	for _, name := range region.Names() {
		packs[name] = os.DirFS(filepath.Join("packs", name))
	}
	schemas, err := region.Schemas.ReadDir("schemas")
	if err != nil {
		t.Fatal(err)
	}
	for name, pack := range packs {
		files, err := fs.ReadDir(pack, ".")
		if err != nil {
			t.Fatal(err)
		}
		if always := len(schemas) - 2; len(files) < always { // outlines and English may be left out
			t.Errorf("%s: %d files for %d schemas", name, len(files), len(schemas))
		}
		for _, f := range files {
			file, err := pack.Open(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			value, err := jsonschema.UnmarshalJSON(file)
			file.Close()
			if err != nil {
				t.Errorf("%s/%s: %v", name, f.Name(), err)
				continue
			}
			if err := schemaOf(t, f.Name()).Validate(value); err != nil {
				t.Errorf("%s/%s: %v", name, f.Name(), err)
			}
		}
	}
}

// A pack that speaks English says everything in it, and its file translates
// nothing that the pack no longer says.
func TestEveryTextOfAPackHasItsEnglish(t *testing.T) {
	t.Parallel()
	packs := map[string]fs.FS{"tiny": regiontest.Files(t)}
	for _, name := range region.Names() {
		packs[name] = os.DirFS(filepath.Join("packs", name))
	}
	for name, folder := range packs {
		pack, err := region.Read(folder)
		if err != nil {
			t.Fatal(err)
		}
		body, err := fs.ReadFile(folder, "english.json")
		if err != nil {
			t.Fatal(err)
		}
		var english map[string]any
		if err := json.Unmarshal(body, &english); err != nil {
			t.Fatal(err)
		}
		for _, text := range pack.Untranslated() {
			t.Errorf("%s: %q has no English", name, text)
		}
		said := map[string]bool{}
		for _, p := range pack.Packages {
			said[bahasa.Thing(p.Package)] = true
		}
		files, err := fs.Glob(folder, "*.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			var all any
			if body, err := fs.ReadFile(folder, file); err != nil {
				t.Fatal(err)
			} else if err := json.Unmarshal(body, &all); err != nil {
				t.Fatal(err)
			} else if file != "english.json" {
				texts(all, said)
			}
		}
		for text := range english {
			if !said[text] {
				t.Errorf("%s: nobody says %q", name, text)
			}
		}
	}
}

// texts collects every string in a document.
func texts(document any, into map[string]bool) {
	switch d := document.(type) {
	case string:
		into[d] = true
	case []any:
		for _, one := range d {
			texts(one, into)
		}
	case map[string]any:
		for _, one := range d {
			texts(one, into)
		}
	}
}

func TestAPackSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	english := pack.In(bahasa.English)
	sembako, _ := english.Package("sembako")
	home, _ := english.Kind("panti-asuhan")
	own, _ := pack.Package("sembako")
	kind, _ := pack.Kind("panti-asuhan")
	for _, c := range []struct{ got, want string }{
		{sembako.Thing(1), "staple food package"}, {sembako.Thing(240), "staple food packages"}, {sembako.Thing(0), "staple food packages"},
		{home.Name, "Orphanage"}, {home.Counted(1), "Orphanage"}, {home.Counted(2), "Orphanages"},
		{english.Operator.Office, "Provincial Government of DKI Jakarta"}, {english.AreaName("31.74"), pack.AreaName("31.74")},
		{english.Indicators[0].Counted(1), "person"}, {english.Indicators[0].Counted(18), "people"}, {pack.Indicators[0].Counted(1), "orang"},
		{own.Thing(1), "paket sembako"}, {own.Thing(2), "paket sembako"}, {kind.Counted(2), "Panti Asuhan"},
		{pack.Operator.Office, "Pemerintah Provinsi DKI Jakarta"},
	} {
		if c.got != c.want {
			t.Errorf("got %q; want %q", c.got, c.want)
		}
	}
	if pack.In(bahasa.Indonesian) != pack {
		t.Error("a pack that speaks Indonesian is made anew")
	}
}

// broken is a tiny pack with one mistake. Mistakes that a schema can see are
// marked, so that schema and Read are held to the same.
type broken struct {
	name      string
	file      string
	old, new  string
	complaint string
	bySchema  bool
}

var mistakes = []broken{
	{"member nobody knows", "region.json", `"title":`, `"subtitle": "x", "title":`, `unknown field "subtitle"`, true},
	{"member nobody knows, deep inside", "packages.json", `"unit": "galon"`, `"unit": "galon", "colour": "blue"`, `unknown field "colour"`, true},
	{"wrong type", "limits.json", `"maxLines": 5`, `"maxLines": "five"`, "maxLines", true},
	{"limit left out", "limits.json", `"maxLines": 5, `, ``, "maxLines is 0", true},
	{"limit of zero", "limits.json", `"codeTries": 3`, `"codeTries": 0`, "codeTries is 0", true},
	{"cut off", "areas.json", `]}`, ``, "unexpected EOF", false},
	{"two values", "areas.json", `]}`, `]} {}`, "follows the JSON value", false},
	{"no name", "region.json", `"tiny"`, `"Tiny Pack"`, "not a slug", true},
	{"no statement", "region.json", `["Saya akan mengantar bantuan yang saya janjikan."]`, `[]`, "statement has no clause", true},
	{"no consent", "region.json", `"Saya setuju kontak saya diberikan kepada penanggung jawab."`, `""`, "consent is empty", true},
	{"zone beyond the date line", "region.json", `480`, `4800`, "4800 minutes", true},
	{"root that is no province", "region.json", `"root": "34"`, `"root": "34.71"`, "not a province", true},
	{"root that is missing", "region.json", `"root": "34"`, `"root": "35"`, `root "35" is missing`, false},
	{"box inside out", "region.json", `"west": 110, `, `"west": 111, `, "box", false},
	{"inset that is no area", "region.json", `"operator"`, `"insets": ["34.72"], "operator"`, `inset "34.72"`, false},
	{"code that is none", "areas.json", `"34.71.02.1001"`, `"34.71.2.1001"`, "34.71.2.1001", true},
	{"code twice", "areas.json", `"34.71.01.1002"`, `"34.71.01.1001"`, "occurs twice", false},
	{"area without parent", "areas.json", `"34.71.02.1001"`, `"34.71.03.1001"`, `no parent "34.71.03"`, false},
	{"RW among the areas", "areas.json", `{"code": "34.71.02.1001"`, `{"code": "34.71.01.1001.001", "name": "RW", "lat": -7.8, "lng": 110.4}, {"code": "34.71.02.1001"`, "is an RW", true},
	{"point left out", "areas.json", `"lat": -7.81, "lng": 110.37, "households": 1200`, `"lat": -7.81`, "has no point", true},
	{"longitude and latitude exchanged", "areas.json", `"lat": -7.785, "lng": 110.36`, `"lat": 110.36, "lng": -7.785`, "outside the region's box", true},
	{"point in the sea far away", "areas.json", `"lng": 110.36,`, `"lng": 100.36,`, "outside the region's box", false},
	{"area without name", "areas.json", `"Ombak"`, `" "`, "is empty", false},
	{"negative households", "areas.json", `1200`, `-1200`, "-1200 households", true},
	{"program twice", "programs.json", `"benih"`, `"air-bersih"`, "occurs twice", false},
	{"program for an unknown kind", "programs.json", `"puskesmas"`, `"kapal"`, `kind "kapal"`, false},
	{"running program without package", "programs.json", `"running": false`, `"running": true`, "has no package", false},
	{"package of an unknown program", "packages.json", `"id": "pompa", "program": "air-bersih"`, `"id": "pompa", "program": "air"`, `program "air"`, false},
	{"package for a kind its program is not for", "programs.json", `["padukuhan", "puskesmas"]`, `["puskesmas"]`, `is for kind "padukuhan"`, false},
	{"package in no known form", "packages.json", `"loan"`, `"gift"`, "modality", true},
	{"package without unit", "packages.json", `"unit": "galon"`, `"unit": ""`, "unit of package galon is empty", true},
	{"prices in the wrong order", "packages.json", `"from": "2025-07-01"`, `"from": "2023-07-01"`, "not ascending", false},
	{"two prices on one day", "packages.json", `"from": "2025-07-01"`, `"from": "2024-01-01"`, "not ascending", false},
	{"price of nothing", "packages.json", `"amount": 6000`, `"amount": 0`, "costs 0", true},
	{"price from a day that is none", "packages.json", `"from": "2025-07-01"`, `"from": "2025-02-30"`, "2025-02-30", true},
	{"kind of an unknown group", "kinds.json", `"group": "layanan"`, `"group": "lain"`, `group "lain"`, false},
	{"group as wide as a kota", "kinds.json", `"level": "kecamatan"`, `"level": "kota"`, `level "kota"`, true},
	{"two territorial kinds", "kinds.json", `"institution": true, "coarse": true`, `"territorial": true`, "2 kinds are territorial", false},
	{"territorial institution", "kinds.json", `"territorial": true`, `"territorial": true, "institution": true`, "institution at once", false},
	{"kind without steward", "kinds.json", `"Dukuh"`, `""`, "steward of kind padukuhan", true},
	{"flag without name", "indicators.json", `"Rawan kering"`, `""`, "name of flag", true},
	{"aggregator without permit", "aggregators.json", `"CONTOH-1"`, `""`, "permit number", true},
	{"permit until a day that is none", "aggregators.json", `{"number": "CONTOH-1", "until": "2030-12-31"}`, `{"number": "CONTOH-1", "until": "always"}`, "always", true},
	{"channel that closed before it opened", "channels.json", `"online": false`, `"online": false, "from": "2024-01-02", "until": "2024-01-01"`, "ends before it begins", false},
	{"answer at once", "complaints.json", `"days": 5`, `"days": 0`, "days is 0", true},
	{"desk of nobody", "complaints.json", `"desk": "region"`, `"desk": "kecamatan"`, "want kota or region", true},
	{"class at two desks", "complaints.json", `["politics"]`, `["price"]`, "occurs twice", false},
	{"class that is none", "complaints.json", `["politics"]`, `["weather"]`, `class "weather"`, true},
	{"goods rule of an unknown program", "goods-rules.json", `["air-bersih"]`, `["air"]`, `program "air"`, false},
	{"goods rule without text", "goods-rules.json", `"Tanpa kampanye."`, `""`, "text of rule netral", true},
	{"outline missing", "boundaries.geojson", `"code": "34.71.02.1001"`, `"code": "34.71.01.1002"`, "no outline of 34.71.02.1001", false},
	{"outline of a kecamatan", "boundaries.geojson", `"code": "34.71.02.1001"`, `"code": "34.71.02"`, "not one of the narrowest", false},
	{"outline of a line", "boundaries.geojson", `"type": "MultiPolygon"`, `"type": "LineString"`, `is a "LineString"`, true},
	{"ring left open", "boundaries.geojson", `[110.36, -7.812]]]`, `[110.364, -7.809]]]`, "not closed", false},
	{"outline far away", "boundaries.geojson", `[110.398, -7.78]`, `[11.398, -7.78]`, "leaves the region's box", false},
	{"no collection", "boundaries.geojson", `FeatureCollection`, `Collection`, "want FeatureCollection", true},
}

func TestBrokenPacksAreRefused(t *testing.T) {
	t.Parallel()
	for _, b := range mistakes {
		t.Run(strings.ReplaceAll(b.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			files := tinyFiles(t)
			before := string(files[b.file].Data)
			after := strings.Replace(before, b.old, b.new, 1)
			if after == before {
				t.Fatalf("%s does not contain %s", b.file, b.old)
			}
			files[b.file].Data = []byte(after)
			_, err := region.Read(files)
			if err == nil || !strings.Contains(err.Error(), b.complaint) || !strings.Contains(err.Error(), "json: ") {
				t.Errorf("Read = %v; want a complaint about %q that names a file", err, b.complaint)
			}
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(after))
			if err != nil {
				return
			}
			if err := schemaOf(t, b.file).Validate(value); (err != nil) != b.bySchema {
				t.Errorf("by the schema: %v; want a refusal: %t", err, b.bySchema)
			}
		})
	}
}

// tinyFiles returns the tiny pack in memory, to be broken.
func tinyFiles(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	folder := regiontest.Files(t)
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = &fstest.MapFile{Data: b}
	}
	return files
}

func TestOnlyOutlinesAndEnglishMayBeLeftOut(t *testing.T) {
	t.Parallel()
	for file := range tinyFiles(t) {
		files := tinyFiles(t)
		delete(files, file)
		p, err := region.Read(files)
		switch file {
		case "boundaries.geojson":
			if err != nil || !p.Shapes(area.Kelurahan)["34.71.01.1001"].Approximate {
				t.Errorf("without outlines: %v", err)
			}
		case "english.json": // its site then says its own words as they are
			if err != nil {
				t.Errorf("without English: %v", err)
			} else if tank, _ := p.In(bahasa.English).Package("tangki"); tank.Thing(2) != "tangki air" || len(p.Untranslated()) > 0 {
				t.Errorf("without English two are %q, and %q are missed", tank.Thing(2), p.Untranslated())
			}
		default:
			if err == nil || !strings.Contains(err.Error(), file) {
				t.Errorf("without %s: %v", file, err)
			}
		}
	}
}

func TestAllMistakesAreListedAtOnce(t *testing.T) {
	t.Parallel()
	files := tinyFiles(t)
	files["limits.json"].Data = []byte(strings.Replace(string(files["limits.json"].Data), "5", "0", 1))
	files["channels.json"].Data = []byte(`{"channels": [{"id": "Kantor", "name": ""}]}`)
	_, err := region.Read(files)
	for _, complaint := range []string{"maxLines is 0", `"Kantor" is not a slug`, "name of channel Kantor is empty"} {
		if err == nil || !strings.Contains(err.Error(), complaint) {
			t.Errorf("%q is not among %v", complaint, err)
		}
	}
}
