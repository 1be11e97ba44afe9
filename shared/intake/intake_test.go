package intake

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/sheet"
)

const today = aid.Day("2026-11-02")

func jakarta(t testing.TB) *region.Pack {
	t.Helper()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

// readPhone takes what begins with 08.
func readPhone(s string) (string, bool) {
	rest, ok := strings.CutPrefix(s, "08")
	return "+628" + rest, ok
}

// reader reads rows under these headers.
func reader(t testing.TB, list List, headers string) *Reader {
	t.Helper()
	pack := jakarta(t)
	h := strings.Split(headers, ";")
	return &Reader{
		Pack: pack, List: list, Headers: h, Mapping: Mapping{Columns: Guess(FieldsOf(list, pack), h)}, By: aid.Staff{ID: "ani", Role: aid.StaffAssessor},
		Today: today, Phone: readPhone,
	}
}

func row(n int, cells string) sheet.Row {
	return sheet.Row{Number: n, Cells: strings.Split(cells, ";")}
}

func TestHeadersAreFoundByWhatTheyMean(t *testing.T) {
	t.Parallel()
	pack := jakarta(t)
	for _, c := range []struct {
		list    List
		headers string
		want    string
	}{
		{Recipients, "Kode;Jenis;Nama;Lintang;Bujur;Jumlah KK;Jumlah Jiwa", "code;kind;name;lat;lng;households;people"},
		{Recipients, "KODE_RW;NAMA RW;Latitude;Longitude;KK;Ketua RW;No. HP;alamat lengkap", "code;name;lat;lng;households;steward;phone;address"},
		{Recipients, "No;id;Nama Kelurahan;kecamatan;RW;x;y", ";code;area;district;rw;lng;lat"},
		{Recipients, "nama;Nama;name", "name;;"},
		{Needs, "Kode Lokasi;Jenis Bantuan;Jumlah Kebutuhan;Tanggal Konfirmasi;Sumber Data", "code;package;needed;on;source"},
		{Indicators, "kode rw;ODP;PDP;Positif;per tanggal;sumber", "code;indicator.odp;indicator.pdp;indicator.positif;on;source"},
		{Flags, "kode;Tanda;Tanggal;Instansi;Cabut", "code;flag;on;source;off"},
	} {
		if got := strings.Join(Guess(FieldsOf(c.list, pack), strings.Split(c.headers, ";")), ";"); got != c.want {
			t.Errorf("%s: %s means %s; want %s", c.list, c.headers, got, c.want)
		}
	}
}

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int64{"0": 0, "1250": 1250, "1.250": 1250, "1,250": 1250, "1 250": 1250, "1.250.000": 1_250_000, "3,0": 3, "3.00": 3, " 12 ": 12} {
		if got, w := whole(s, 10_000_000); w != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", s, got, w, want)
		}
	}
	for s, says := range map[string]string{"-3": "negatif", "3,5": "bulat", "3.14": "bulat", "tiga": "bukan angka", "12 KK": "bukan angka", "99999999999999999999": "terlalu besar", "20000000": "terlalu besar", "1e5": "bulat"} {
		if got, w := whole(s, 10_000_000); w == nil || !strings.Contains(w.problem, says) || w.remedy == "" {
			t.Errorf("%q is %d, %v; want that it says %q", s, got, w, says)
		}
	}
	for s, want := range map[string]float64{"-6.2088": -6.2088, "-6,2088": -6.2088, "106,8456": 106.8456, "−6,2": -6.2, "6": 6} {
		if got, w := degrees(s); w != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", s, got, w, want)
		}
	}
	for s, says := range map[string]string{"106.845.612": "lebih dari satu", "-6°12'31\"": "desimal", "1068456": "luar bumi", "di sana": "desimal", "NaN": "desimal", "0x10": "bukan koordinat"} {
		if got, w := degrees(s); w == nil || !strings.Contains(w.problem, says) {
			t.Errorf("%q is %v, %v; want that it says %q", s, got, w, says)
		}
	}
}

func TestDaysAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]aid.Day{
		"2026-03-02": "2026-03-02", "02/03/2026": "2026-03-02", "2-3-2026": "2026-03-02", "2.3.2026": "2026-03-02", "2 Maret 2026": "2026-03-02",
		"2 Agt 2026": "2026-08-02", "2026-03-02T10:00:00Z": "2026-03-02", "2026/3/2": "2026-03-02", "02/11/2026": "2026-11-02",
	} {
		if got, w := day(s, today); w != nil || got != want {
			t.Errorf("%q is %s, %v; want %s", s, got, w, want)
		}
	}
	for s, says := range map[string]string{
		"03/25/2026": "bulan ke-25", "31/02/2026": "tidak ada", "2/3/26": "dua angka", "46083": "angka", "kemarin": "bukan tanggal",
		"03/11/2026": "belum tiba", "2026-13-01": "tidak ada", "2 Marte 2026": "tidak ada",
	} {
		if got, w := day(s, today); w == nil || !strings.Contains(w.problem, says) || w.remedy == "" {
			t.Errorf("%q is %s, %v; want that it says %q", s, got, w, says)
		}
	}
}

func TestARecipientIsReadFromItsRow(t *testing.T) {
	t.Parallel()
	r := reader(t, Recipients, "Kode;Jenis;Nama;Lintang;Bujur;Jumlah KK;Jumlah Jiwa;Penanggung Jawab;Telepon;Surel;Alamat;Ditutup")
	e, issues := r.Row(row(2, "3171011001003;RW;RW 003 Gambir;-6,1763;106,8266;1.250;4 800;Ibu Contoh;0812;pj@contoh.example;Jalan Contoh;ya"))
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	households, people, closed := int64(1250), int64(4800), true
	want := Entry{
		Row: 2, ID: "31.71.01.1001.003", Leaf: aid.Leaf{Area: "31.71.01", Group: "umum"}, Kind: "rw", Area: "31.71.01.1001.003", Name: "RW 003 Gambir",
		Point: &aid.Point{Lng: 106.8266, Lat: -6.1763}, Households: &households, People: &people, Steward: "Ibu Contoh", Phone: "+62812", Email: "pj@contoh.example",
		Place: "Jalan Contoh", Closed: &closed,
	}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("%+v\nwant %+v", e, want)
	}
}

func TestARecipientWithoutACodeGetsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	const headers = "Kode;Jenis;Kelurahan;Kecamatan;RW;Nama"
	for cells, want := range map[string]string{
		";RW;31.71.01.1002;;7;RW 007":            "31.71.01.1002.007",
		";;Cideng;;RW 007;RW 007":                "31.71.01.1002.007",
		"3171011002;;;;7;RW 007":                 "31.71.01.1002.007",
		";Pesantren;Kel. Cideng;;;Pesantren A":   "31.71.01.1002-pesantren-9",
		";pesantren;CIDENG;Gambir;;pesantren  a": "31.71.01.1002-pesantren-9",
	} {
		e, issues := reader(t, Recipients, headers).Row(row(2, cells))
		if len(issues) > 0 || !strings.HasPrefix(string(e.ID), want) {
			t.Errorf("%s is %s, %v; want %s", cells, e.ID, issues, want)
		}
	}
	a, _ := reader(t, Recipients, headers).Row(row(2, ";Pesantren;Cideng;;;Pesantren A"))
	b, _ := reader(t, Recipients, headers).Row(row(9, ";pesantren;31.71.01.1002;;;PESANTREN-A"))
	if a.ID != b.ID || a.ID == "" {
		t.Errorf("%s and %s", a.ID, b.ID)
	}
	if _, ok := aid.KelurahanOf(a.ID); !ok {
		t.Errorf("%s is no identifier", a.ID)
	}
}

func TestEveryMistakeIsNamedWithItsRemedy(t *testing.T) {
	t.Parallel()
	const recipients = "Kode;Jenis;Kelurahan;RW;Nama;Lintang;Bujur;Jumlah KK;Telepon;Surel;Ditutup"
	for _, c := range []struct {
		list    List
		headers string
		cells   string
		column  string
		says    string
	}{
		{Recipients, recipients, "31.99.99.9999.001;;;;;;;;;;", "Kode", "tidak dikenal"},
		{Recipients, recipients, "satu;;;;;;;;;;", "Kode", "bukan kode"},
		{Recipients, recipients, "31.71.01.1001-istana-1;;;;;;;;;;", "Kode", "jenis penerima di dalam kode"},
		{Recipients, recipients, "31.71.01.1001.001;Pesantren;;;;;;;;;", "Jenis", "lain dengan yang ada di kode"},
		{Recipients, recipients, "31.71.01.1001.001;;Cideng;;;;;;;;", "Kelurahan", "lain dengan yang ada di kode"},
		{Recipients, recipients, ";Pesantren;Negeri Antah;;A;;;;;;", "Kelurahan", "tidak dikenal"},
		{Recipients, recipients, ";;;;A;;;;;;", "Kode", "kosong"},
		{Recipients, recipients, ";RW;Cideng;seribu;A;;;;;;", "RW", "tidak terbaca"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;106.82;-6.17;;;;", "Lintang", "tertukar"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;6.17;106.82;;;;", "Lintang", "tanpa tanda minus"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;-7.79;110.36;;;;", "Lintang", "di luar wilayah"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;-6.17;;;;;", "Bujur", "kosong"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;;;-1;;;", "Jumlah KK", "negatif"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;;;;nanti;;", "Telepon", "bukan nomor"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;;;;;pak rw;", "Surel", "bukan alamat"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;;;;;;mungkin", "Ditutup", "bukan ya"},
		{Recipients, recipients, "31.71.01.1001.001;;;;a\u202eb;;;;;;", "Nama", "tidak bisa dibaca"},
		{Recipients, recipients, "31.71.01.1001.001;;;;" + strings.Repeat("a", 121) + ";;;;;;", "Nama", "terlalu panjang"},
		{Recipients, recipients, "31.71.01.1001.001;;;;;;;;;;;lebih", "", "lebih panjang"},
		{Needs, "Kode;Paket;Jumlah;Tanggal;Sumber", "31.71.01.1001.001;Emas;1;2026-01-01;kelurahan", "Paket", "tidak dikenal"},
		{Needs, "Kode;Paket;Jumlah;Tanggal;Sumber", "31.71.01.1001.001;Laptop;1;2026-01-01;kelurahan", "Paket", "bukan untuk"},
		{Needs, "Kode;Paket;Jumlah;Tanggal;Sumber", "31.71.01.1001.001;sembako;;2026-01-01;kelurahan", "Jumlah", "kosong"},
		{Needs, "Kode;Paket;Jumlah;Tanggal;Sumber", "31.71.01.1001.001;sembako;1;;kelurahan", "Tanggal", "kosong"},
		{Needs, "Kode;Paket;Jumlah;Tanggal;Sumber", "31.71.01.1001.001;sembako;1;2026-01-01;", "Sumber", "kosong"},
		{Indicators, "Kode;ODP;Tanggal;Sumber", "31.71.01.1001.001;;2026-01-01;Dinkes", "", "tidak ada angka"},
		{Flags, "Kode;Tanda;Tanggal;Sumber", "31.71.01.1001.001;Emas;2026-01-01;Dinsos", "Tanda", "tidak dikenal"},
	} {
		e, issues := reader(t, c.list, c.headers).Row(row(7, c.cells))
		if len(issues) == 0 || issues[0].Row != 7 || issues[0].Column != c.column || !strings.Contains(issues[0].Problem, c.says) || issues[0].Remedy == "" || !reflect.DeepEqual(e, Entry{}) {
			t.Errorf("%s %q: %+v; want %q in %q", c.list, c.cells, issues, c.says, c.column)
		}
	}
	r := reader(t, Recipients, recipients)
	if _, issues := r.Row(row(2, "31.71.01.1001.001")); len(issues) > 0 {
		t.Fatal(issues)
	}
	if _, issues := r.Row(row(5, "3171011001001")); len(issues) != 1 || issues[0].Problem != "sudah ada di baris 2" {
		t.Errorf("the same again: %+v", issues)
	}
	for _, kind := range []sheet.Kind{sheet.TooLong, sheet.TooWide, sheet.Quote, sheet.Null, sheet.Encoding, sheet.Formula, sheet.Fault} {
		_, issues := r.Row(sheet.Row{Number: 3, Problem: &sheet.Problem{Kind: kind, Column: 4}})
		if len(issues) != 1 || issues[0].Problem == "" || issues[0].Remedy == "" || issues[0].Column != "Nama" {
			t.Errorf("%s: %+v", kind, issues)
		}
	}
}

func TestAProgrammeNarrowsItsPackages(t *testing.T) {
	t.Parallel()
	r := reader(t, Needs, "Kode;Paket;Jumlah;Tanggal;Sumber")
	r.Program = "permukiman"
	if _, issues := r.Row(row(2, "31.71.01.1001.001;sembako;1;2026-01-01;kelurahan")); len(issues) != 1 || !strings.Contains(issues[0].Problem, "bukan dari program") {
		t.Errorf("%+v", issues)
	}
}

func TestAMappingThatLeavesOutWhatIsNeededIsRefused(t *testing.T) {
	t.Parallel()
	pack := jakarta(t)
	for _, c := range []struct {
		list List
		m    Mapping
		want string
	}{
		{Recipients, Mapping{Columns: []string{"code", "name"}}, ""},
		{Recipients, Mapping{Columns: []string{"name"}}, "/columns/code required"},
		{Recipients, Mapping{Columns: []string{"code", "code"}}, "/columns/1 twice"},
		{Recipients, Mapping{Columns: []string{"code", "harga"}}, "/columns/1 unknown"},
		{Flags, Mapping{Columns: []string{"code"}, Fixed: map[string]string{"flag": "cap-2019", "on": "2026-01-01", "source": "Dinas"}}, ""},
		{Flags, Mapping{Columns: []string{"code"}, Fixed: map[string]string{"flag": "cap-2019", "on": "2026-01-01"}}, "/columns/source required"},
		{Flags, Mapping{Columns: []string{"code", "flag", "on", "source"}, Fixed: map[string]string{"flag": "cap-2019"}}, "/fixed/flag unknown"},
		{Indicators, Mapping{Columns: []string{"code", "on", "source"}}, "/columns required"},
	} {
		err := c.m.Check(FieldsOf(c.list, pack))
		var invalid *aid.InvalidError
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &invalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %+v: %v; want %q", c.list, c.m, err, c.want)
		}
	}
}

// place is RW n of Gambir, as it is known.
func place(n int, needs ...aid.Need) aid.Place {
	id := aid.RecipientID(fmt.Sprintf("31.71.01.1001.%03d", n))
	for i := range needs {
		needs[i].Recipient, needs[i].ID, needs[i].Program = id, aid.NeedOf(id, needs[i].Package), "pangan"
	}
	return aid.Place{
		Recipient: aid.Recipient{ID: id, Kind: "rw", Area: area.Code(id), Name: fmt.Sprintf("RW %03d", n), Steward: "Ibu Contoh", Households: 100, Point: aid.Point{Lng: 106.82, Lat: -6.17}, Edits: 3},
		Needs:     needs,
	}
}

func planner(t testing.TB, list List) Planner {
	return Planner{Pack: jakarta(t), List: list, Today: today, Office: "petugas pendataan"}
}

func TestWhatARowLeavesEmptyStays(t *testing.T) {
	t.Parallel()
	r := reader(t, Recipients, "Kode;Nama;Jumlah KK;Telepon")
	e, issues := r.Row(row(2, "31.71.01.1001.001;;120;"))
	if issues != nil {
		t.Fatal(issues)
	}
	before := place(1)
	changes, same, issues := planner(t, Recipients).Plan([]Entry{e}, []aid.Place{before}, nil)
	want := before.Recipient
	want.Households = 120
	if same != 0 || issues != nil || len(changes) != 1 || changes[0].Contact != nil || aid.Changed(*changes[0].After, want) != nil && len(aid.Changed(*changes[0].After, want)) > 0 {
		t.Fatalf("%+v, %d the same, %v", changes, same, issues)
	}
	if d := changes[0].Differences; len(d) != 1 || d[0] != (Difference{"Jumlah KK", "100", "120"}) {
		t.Errorf("%+v", d)
	}
	e.Households = &before.Recipient.Households
	if _, same, _ := planner(t, Recipients).Plan([]Entry{e}, []aid.Place{before}, nil); same != 1 {
		t.Error("what is known already is a change")
	}
}

func TestAPlanNeverShowsAContact(t *testing.T) {
	t.Parallel()
	r := reader(t, Recipients, "Kode;Telepon;Surel")
	e, issues := r.Row(row(2, "31.71.01.1001.001;081234567890;baru@contoh.example"))
	if issues != nil {
		t.Fatal(issues)
	}
	changes, _, _ := planner(t, Recipients).Plan([]Entry{e}, []aid.Place{place(1)}, map[aid.RecipientID]aid.Contact{"31.71.01.1001.001": {Name: "Ibu Contoh", Phone: "+6281299998888"}})
	if len(changes) != 1 || changes[0].Contact.Phone != "+6281234567890" || len(changes[0].Differences) != 2 {
		t.Fatalf("%+v", changes)
	}
	for _, d := range changes[0].Differences {
		if s := fmt.Sprint(d); strings.Contains(s, "1234567") || strings.Contains(s, "9999888") || strings.Contains(s, "baru@") {
			t.Errorf("%s", s)
		}
	}
}

func TestNoContactIsShownOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ field, value, want string }{
		{"phone", "0812-3456-7890 (WA)", "0812-••••-•••• (WA)"}, {"phone", "nomor menyusul", "nomor menyusul"},
		{"name", "Ibu Contoh 081234567890", "Ibu Contoh 0812••••••"}, {"", "x;+62 812 3456 7890;y", "x;+62 ••••••;y"},
		{"email", "ibu.contoh@contoh.example", "i••••••@contoh.example"}, {"", "a;ibu@contoh.example;b", "a;i••••••@contoh.example;b"},
		{"code", "3171011001003", "3171011001003"}, {"code", "31.71.01.1001.003", "31.71.01.1001.003"}, {"lng", "106.8456123456", "106.8456123456"}, {"lng", "106,8456123456", "106,8456123456"},
		{"address", "Jalan Contoh 812 RT 08/09", "Jalan Contoh 812 RT 08/09"},
	} {
		if got := Masked(c.field, c.value); got != c.want {
			t.Errorf("%s %q is shown as %q; want %q", c.field, c.value, got, c.want)
		}
	}
	r := reader(t, Recipients, "Kode;Telepon;Nama")
	_, issues := r.Row(row(2, "satu;hp 0812 3456 7890;"+strings.Repeat("a", 121)+" 081234567890"))
	if text := fmt.Sprint(issues); len(issues) != 3 || strings.Contains(text, "7890") {
		t.Errorf("%+v", issues)
	}
}

func TestANeedIsRefusedBelowWhatIsPromisedAndWhenItIsOlder(t *testing.T) {
	t.Parallel()
	known := []aid.Place{place(1, aid.Need{Package: "sembako", Needed: 100, Committed: 30, ConfirmedOn: "2026-10-01", Source: "kelurahan"})}
	read := func(cells string) ([]Change, []Issue) {
		t.Helper()
		e, issues := reader(t, Needs, "Kode;Paket;Jumlah;Tanggal;Sumber").Row(row(4, cells))
		if issues != nil {
			t.Fatal(issues)
		}
		changes, _, issues := planner(t, Needs).Plan([]Entry{e}, known, nil)
		return changes, issues
	}
	if _, issues := read("31.71.01.1001.001;sembako;29;2026-11-01;kelurahan"); len(issues) != 1 || !strings.Contains(issues[0].Problem, "(30)") {
		t.Errorf("fewer than promised: %+v", issues)
	}
	if _, issues := read("31.71.01.1001.001;sembako;90;2026-09-30;kelurahan"); len(issues) != 1 || !strings.Contains(issues[0].Problem, "2026-10-01") {
		t.Errorf("older than what is known: %+v", issues)
	}
	if _, issues := read("31.71.01.1001.002;sembako;90;2026-11-01;kelurahan"); len(issues) != 1 || !strings.Contains(issues[0].Problem, "belum terdaftar") {
		t.Errorf("unknown recipient: %+v", issues)
	}
	changes, issues := read("31.71.01.1001.001;sembako;30;2026-11-01;kelurahan")
	if issues != nil || len(changes) != 1 || changes[0].NeedAfter.Needed != 30 || changes[0].NeedAfter.Committed != 30 || changes[0].NeedBefore.Needed != 100 {
		t.Errorf("%+v, %v", changes, issues)
	}
}

func TestAFifthIsWhatOneOfficerMayLower(t *testing.T) {
	t.Parallel()
	var known []aid.Place
	for n := range 10 {
		known = append(known, place(n+1, aid.Need{Package: "sembako", Needed: 100, ConfirmedOn: "2026-10-01", Source: "kelurahan"}))
	}
	lower := func(rows int, needed int64) bool {
		var entries []Entry
		for n := range rows {
			entries = append(entries, Entry{Row: n + 2, ID: known[n].Recipient.ID, Package: "sembako", Needed: needed, On: today, Source: "kelurahan"})
		}
		changes, _, issues := planner(t, Needs).Plan(entries, known, nil)
		if issues != nil || len(changes) != rows {
			t.Fatal(changes, issues)
		}
		return Falls(changes, known)
	}
	if lower(2, 0) || lower(10, 80) || lower(10, 120) {
		t.Error("a fifth needs another officer")
	}
	if !lower(3, 0) || !lower(10, 79) {
		t.Error("more than a fifth needs nobody else")
	}
	closed := true
	var entries []Entry
	for n := range 3 {
		entries = append(entries, Entry{Row: n + 2, ID: known[n].Recipient.ID, Closed: &closed})
	}
	if changes, _, _ := planner(t, Recipients).Plan(entries, known, nil); !Falls(changes, known) {
		t.Error("three closed of ten need nobody else")
	}
}

func TestOfFiguresTheNewerOneStays(t *testing.T) {
	t.Parallel()
	known := place(1)
	known.Recipient.Indicators = []aid.Indicator{{ID: "odp", Value: 9, On: "2026-10-20", Source: "Dinkes"}, {ID: "pdp", Value: 1, On: "2026-10-01", Source: "Dinkes"}}
	e, issues := reader(t, Indicators, "Kode;ODP;PDP;Tanggal;Sumber").Row(row(2, "31.71.01.1001.001;3;4;10/10/2026;Dinkes"))
	if issues != nil {
		t.Fatal(issues)
	}
	changes, _, _ := planner(t, Indicators).Plan([]Entry{e}, []aid.Place{known}, nil)
	if len(changes) != 1 || changes[0].After.Indicators[0].Value != 9 || changes[0].After.Indicators[1].Value != 4 || known.Recipient.Indicators[1].Value != 1 {
		t.Errorf("%+v", changes)
	}
}

// Whatever stands in a row, it is an entry that is plain or an issue that helps.
func FuzzRow(f *testing.F) {
	for list := range Lists {
		f.Add(uint8(list), "31.71.01.1001.001;RW;Gambir;1;-6.17;106.82;1.250;08123;a@b.co;ya")
		f.Add(uint8(list), "3171011001001;sembako;1,5;31/02/2026;\u202e;=1;99999999999999999999;-;';")
	}
	pack := jakarta(f)
	f.Fuzz(func(t *testing.T, which uint8, cells string) {
		list := Lists[int(which)%len(Lists)]
		fields := FieldsOf(list, pack)
		m := Mapping{}
		for _, field := range fields {
			m.Columns = append(m.Columns, field.ID)
		}
		r := &Reader{Pack: pack, List: list, Headers: m.Columns, Mapping: m, By: aid.Staff{ID: "ani", Role: aid.StaffAssessor}, Today: today, Phone: readPhone}
		e, issues := r.Row(row(3, cells))
		if (len(issues) == 0) == (e.ID == "") {
			t.Fatalf("%+v with %+v", e, issues)
		}
		for _, i := range issues {
			if i.Row != 3 || i.Problem == "" || i.Remedy == "" || len(i.Value) > 400 {
				t.Fatalf("%+v", i)
			}
		}
		if e.ID == "" {
			return
		}
		kelurahan, ok := aid.KelurahanOf(e.ID)
		if _, known := pack.Area(kelurahan); !ok || !known || e.Needed < 0 || e.On > today || e.Leaf == (aid.Leaf{}) {
			t.Fatalf("%+v", e)
		}
		for _, s := range []string{e.Name, e.Steward, e.Place, e.Source} {
			if clean, err := aid.CleanText(s, 200); err != nil || clean != s || !utf8.ValidString(s) {
				t.Fatalf("%q", s)
			}
		}
		if e.Point != nil && !pack.Box.Contains(*e.Point) {
			t.Fatalf("%+v", e.Point)
		}
		// Planned on nothing, it changes nothing that is not there, and twice is fine.
		p := Planner{Pack: pack, List: list, Today: today, Office: "petugas"}
		changes, same, wrong := p.Plan([]Entry{e}, nil, nil)
		if list != Recipients && (len(changes) > 0 || len(wrong) != 1) {
			t.Fatalf("%+v, %d, %+v", changes, same, wrong)
		}
		if len(changes) == 1 {
			known := aid.Place{Recipient: *changes[0].After}
			contacts := map[aid.RecipientID]aid.Contact{}
			if c := changes[0].Contact; c != nil {
				contacts[e.ID] = *c
			}
			if again, same, wrong := p.Plan([]Entry{e}, []aid.Place{known}, contacts); len(again) > 0 || same != 1 || wrong != nil {
				t.Fatalf("again: %+v, %+v", again, wrong)
			}
		}
	})
}

func FuzzGuess(f *testing.F) {
	f.Add("Kode;Nama;nama;kode rw;;ÉÉ")
	pack := jakarta(f)
	f.Fuzz(func(t *testing.T, headers string) {
		h := strings.Split(headers, ";")
		for _, list := range Lists {
			got := Guess(FieldsOf(list, pack), h)
			if len(got) != len(h) {
				t.Fatalf("%d fields of %d headers", len(got), len(h))
			}
			named := slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s == "" })
			if slices.Sort(named); len(slices.Compact(slices.Clone(named))) != len(named) {
				t.Fatalf("%q means %q", h, got)
			}
		}
		if HeaderKey(h) != HeaderKey(slices.Clone(h)) {
			t.Fatal("a mapping would not be found again")
		}
	})
}
