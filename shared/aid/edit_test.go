package aid_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

func editCatalogue() *aid.Catalogue {
	return &aid.Catalogue{
		Packages: map[aid.PackageID]aid.Package{"sembako": {ID: "sembako", Program: "pangan"}},
		Kinds: map[aid.KindID]aid.Kind{
			"rw": {ID: "rw", Group: "umum"}, "panti": {ID: "panti", Group: "umum"}, "pesantren-anak": {ID: "pesantren-anak", Group: "umum"}, "umkm": {ID: "umkm", Group: "umkm"},
		},
		Groups: map[aid.GroupID]aid.Group{"umum": {ID: "umum", Level: area.Kecamatan}, "umkm": {ID: "umkm", Level: area.Kelurahan}},
	}
}

func TestContactsAreMaskedBeyondUse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ phone, want string }{
		{"+6281234567821", "08••••••21"},
		{"+62215551234", "02••••••34"},
		{"+6581234567", "+6••••••67"},
		{"+62123", "••••••"},
		{"", ""},
	} {
		if got := (aid.Contact{Phone: c.phone}).Masked().Phone; got != c.want {
			t.Errorf("%q is shown as %q; want %q", c.phone, got, c.want)
		}
	}
	for _, c := range []struct{ email, want string }{
		{"dukuh@contoh.example", "d••••••@contoh.example"},
		{"ab@contoh.example", "••••••"}, // of two letters one is half the secret
		{"nonsense", "••••••"},
		{"", ""},
	} {
		if got := (aid.Contact{Email: c.email}).Masked().Email; got != c.want {
			t.Errorf("%q is shown as %q; want %q", c.email, got, c.want)
		}
	}
	// However long a number is, the mask tells neither that nor more than four of its digits.
	for n := range 12 {
		phone := "+628" + strings.Repeat("7", n)
		masked := (aid.Contact{Phone: phone}).Masked().Phone
		if digits := strings.Count(masked, "7") + strings.Count(masked, "8"); digits > 4 || n > 5 && len([]rune(masked)) != 10 {
			t.Errorf("%q is shown as %q", phone, masked)
		}
	}
}

func TestIdentifierSaysWhereARecipientIs(t *testing.T) {
	t.Parallel()
	for id, want := range map[aid.RecipientID]area.Code{
		"31.74.01.1001.003":              "31.74.01.1001",
		"31.74.01.1001-panti-1":          "31.74.01.1001",
		"31.74.01.1001-pesantren-anak-9": "31.74.01.1001",
		"31.74.01.1001":                  "",
		"31.74.01-panti-1":               "",
		"31.74.01.1001-panti":            "",
		"31.74.01.1001-panti-":           "",
		"31.74.01.1001--1":               "",
		"31.74.01.1001-Panti-1":          "",
		"31.74.01.1001-panti-1x":         "",
		"31.74.01.1001-panti#-1":         "",
		"31.74.01.1001-panti-1234567890": "",
		"":                               "",
	} {
		if got, ok := aid.KelurahanOf(id); got != want || ok != (want != "") {
			t.Errorf("KelurahanOf(%q) = %q, %v; want %q", id, got, ok, want)
		}
	}
}

func TestEverythingWrongAboutARecipientIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	good := aid.Recipient{ID: "31.74.01.1001-panti-1", Name: " Panti  Contoh ", Kind: "panti", Area: "31.74.01.1001", Households: 1, People: 60, Steward: "Ibu Contoh"}
	today := aid.Day("2026-03-02")
	got, err := editCatalogue().CheckRecipient(aid.Recipient{}, good, today)
	if err != nil || got.Name != "Panti Contoh" {
		t.Fatalf("CheckRecipient = %q, %v; want it cleaned", got.Name, err)
	}
	wrong := func(before aid.Recipient, change func(*aid.Recipient)) []string {
		r := good
		change(&r)
		_, err := editCatalogue().CheckRecipient(before, r, today)
		var invalid *aid.InvalidError
		if !errors.As(err, &invalid) {
			return nil
		}
		var all []string
		for _, f := range invalid.Fields {
			all = append(all, f.Pointer+" "+f.Code)
		}
		return all
	}
	for name, c := range map[string]struct {
		before aid.Recipient
		change func(*aid.Recipient)
		want   []string
	}{
		"many": {aid.Recipient{}, func(r *aid.Recipient) {
			r.Name, r.Steward, r.Households, r.People = "", "a\u202eb", -1, 10_000_001
			r.Flags = []aid.Flag{{ID: "a", On: "2026-03-03", Source: "x"}, {ID: "a", On: "kemarin"}}
			r.Indicators = []aid.Indicator{{ID: "p", Value: -1, On: today, Source: "x"}}
		}, []string{
			"/name required", "/steward/name text", "/households too_small", "/people too_large", "/flags/0/on future", "/flags/1/id twice", "/flags/1/on type",
			"/flags/1/source required", "/indicators/0/value too_small",
		}},
		"unknown kind":            {aid.Recipient{}, func(r *aid.Recipient) { r.Kind = "istana" }, []string{"/kind unknown"}},
		"another kind":            {aid.Recipient{}, func(r *aid.Recipient) { r.Kind = "umkm" }, []string{"/kind other"}},
		"another kelurahan":       {aid.Recipient{}, func(r *aid.Recipient) { r.Area = "31.74.01.1002" }, []string{"/area other"}},
		"an RW in a kelurahan":    {aid.Recipient{}, func(r *aid.Recipient) { r.ID, r.Kind = "31.74.01.1001.003", "rw" }, []string{"/area other"}},
		"an institution in an RW": {aid.Recipient{}, func(r *aid.Recipient) { r.Area = "31.74.01.1001.003" }, []string{"/area other"}},
		"no identifier":           {aid.Recipient{}, func(r *aid.Recipient) { r.ID = "panti" }, []string{"/id text"}},
		"a kind of another leaf":  {good, func(r *aid.Recipient) { r.Kind = "umkm" }, []string{"/kind leaf"}},
		"a kind of the same leaf": {good, func(r *aid.Recipient) { r.Kind = "pesantren-anak" }, nil},
	} {
		if got := wrong(c.before, c.change); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v; want %v", name, got, c.want)
		}
	}
}

func TestNeedIsNeverBelowWhatIsPromised(t *testing.T) {
	t.Parallel()
	before := aid.Need{ID: "r:sembako", Recipient: "r", Package: "sembako", Needed: 10, Committed: 3, Delivered: 2, Received: 1, Edits: 4}
	entered := aid.Need{Recipient: "r", Package: "sembako", Needed: 6, Source: "survei", ConfirmedOn: "2026-03-02", Committed: 99}
	got, err := editCatalogue().CheckNeed(before, entered, "2026-03-02")
	if err != nil || got.ID != "r:sembako" || got.Program != "pangan" || got.Committed != 3 || got.Remaining() != 0 {
		t.Errorf("6 needed of 6 promised: %+v, %v", got, err)
	}
	entered.Needed = 5
	_, err = editCatalogue().CheckNeed(before, entered, "2026-03-02")
	var invalid *aid.InvalidError
	if !errors.As(err, &invalid) || !reflect.DeepEqual(invalid.Fields, []aid.Field{aid.PromisedField(6)}) {
		t.Errorf("5 needed of 6 promised: %v", err)
	}
	_, err = editCatalogue().CheckNeed(aid.Need{}, aid.Need{Recipient: "r", Package: "kereta", Needed: -1, ConfirmedOn: "2026-03-03"}, "2026-03-02")
	if !errors.As(err, &invalid) || len(invalid.Fields) != 4 {
		t.Errorf("nonsense: %v; want package, source, day and figure", err)
	}
}

func TestSuspectsAreOfOneNameOrOnOneSpot(t *testing.T) {
	t.Parallel()
	r := aid.Recipient{ID: "31.74.01.1001-panti-1", Name: "Panti Asuhan Al-Hikmah", Kind: "panti", Area: "31.74.01.1001", Point: aid.Point{Lng: 106.8, Lat: -6.2}}
	other := func(id aid.RecipientID, change func(*aid.Recipient)) aid.Place {
		o := r
		o.ID, o.Name, o.Point = id, "Panti Lain", aid.Point{Lng: 106.9, Lat: -6.2}
		change(&o)
		return aid.Place{Recipient: o}
	}
	places := []aid.Place{
		{Recipient: r},
		other("name", func(o *aid.Recipient) { o.Name = "PANTI ASUHAN AL HIKMAH" }),
		other("name elsewhere", func(o *aid.Recipient) { o.Name, o.Area = r.Name, "31.74.01.1002" }),
		other("near", func(o *aid.Recipient) { o.Point = aid.Point{Lng: 106.8004, Lat: -6.2} }), // 44 m
		other("not near", func(o *aid.Recipient) { o.Point = aid.Point{Lng: 106.8005, Lat: -6.2} }),
		other("near and another kind", func(o *aid.Recipient) { o.Point, o.Kind = r.Point, "rw" }),
		other("both", func(o *aid.Recipient) { o.Point, o.Name = r.Point, r.Name }),
		other("merged", func(o *aid.Recipient) { o.Point, o.Into = r.Point, r.ID }),
	}
	got := aid.Suspects(r, places)
	want := []aid.Suspect{{"name", "PANTI ASUHAN AL HIKMAH", []string{"name"}}, {"near", "Panti Lain", []string{"near"}}, {"both", r.Name, []string{"name", "near"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("suspects %v; want %v", got, want)
	}
}

func TestRecipientsAreFoundByAnyOfTheirWords(t *testing.T) {
	t.Parallel()
	r := aid.Recipient{ID: "31.74.01.1001-panti-1", Name: "Panti Asuhan Al-Hikmah", Address: "Jl. Mawar III/5"}
	for words, want := range map[string]bool{
		"": true, "hikmah": true, "AL-HIKMAH panti": true, "mawar": true, "31.74.01.1001-p": true, " 31.74.01 ": true, "melati": false, "hikmah melati": false, "01.1001": false,
	} {
		if got := r.Matches(words); got != want {
			t.Errorf("%q finds it: %v; want %v", words, got, want)
		}
	}
}

func TestChangedNamesEveryMember(t *testing.T) {
	t.Parallel()
	// Whatever is added to a recipient shows in its history, but what no edit is.
	silent := []string{"ID", "Demo", "Edits"}
	kind := reflect.TypeFor[aid.Recipient]()
	for i := range kind.NumField() {
		field := kind.Field(i)
		before, after := aid.Recipient{}, aid.Recipient{}
		v := reflect.ValueOf(&after).Elem().Field(i)
		switch field.Type.Kind() {
		case reflect.String:
			v.SetString("x")
		case reflect.Int64:
			v.SetInt(1)
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Struct:
			v.Field(0).SetFloat(1)
		case reflect.Slice:
			v.Set(reflect.MakeSlice(field.Type, 1, 1))
		}
		want := []string{strings.ToLower(field.Name)}
		if slices.Contains(silent, field.Name) {
			want = nil
		}
		if got := aid.Changed(before, after); !slices.Equal(got, want) {
			t.Errorf("%s changed: %v; want %v", field.Name, got, want)
		}
	}
}
