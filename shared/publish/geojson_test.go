package publish

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"
	"unicode/utf8"

	"ksbb/shared/aid"
)

func somePlace() aid.Place {
	return aid.Place{
		Recipient: aid.Recipient{
			ID: "31.73.01.1006.003", Name: `RW 03 "Mawar" <Cengkareng> & sekitarnya`, Kind: "rw", Area: "31.73.01.1006.003",
			Point: aid.Point{Lng: 106.7321400001, Lat: -6.15338}, Households: 420, People: 1612, Steward: "Ibu Contoh Mawar",
			Flags:      []aid.Flag{{ID: "rw-sasaran", On: "2026-05-01", Source: "data contoh"}},
			Indicators: []aid.Indicator{{ID: "positif", Value: 3, On: "2026-05-01", Source: "data contoh"}},
		},
		Needs: []aid.Need{
			{ID: "31.73.01.1006.003:sembako", Program: "pangan", Package: "sembako", Needed: 420, Committed: 30, Delivered: 30, Received: 120, ConfirmedOn: "2026-05-10"},
			{ID: "31.73.01.1006.003:siap-saji", Program: "pangan", Package: "siap-saji", Needed: 400, ConfirmedOn: "2026-05-10"},
		},
		Activity: aid.Activity{Rev: 9, Open: 1, UpdatedAt: time.Date(2026, 5, 20, 2, 0, 0, 123e6, time.UTC)},
	}
}

var someCatalogue = &aid.Catalogue{Packages: map[aid.PackageID]aid.Package{
	"sembako":   {ID: "sembako", Unit: "paket", MilliHouseholdDays: 7000},
	"siap-saji": {ID: "siap-saji", Unit: "porsi", MilliHouseholdDays: 250},
}}

func TestLeafIsSpelledOut(t *testing.T) {
	got := string(appendLeaf(nil, aid.Leaf{Area: "31.73.01", Group: "umum"}, []aid.Place{somePlace()}, someCatalogue))
	want := `{"type":"FeatureCollection","leaf":"31.73.01-umum","features":[` +
		`{"type":"Feature","id":"31.73.01.1006.003","geometry":{"type":"Point","coordinates":[106.73214,-6.15338]},` +
		`"properties":{"name":"RW 03 \"Mawar\" \u003cCengkareng\u003e \u0026 sekitarnya","kind":"rw","program":["pangan"],"area":"31.73.01.1006.003",` +
		`"households":420,"people":1612,"steward":"Ibu Contoh Mawar","address":"","flags":["rw-sasaran"],"indicators":{"positif":3},` +
		`"needs":[{"id":"31.73.01.1006.003:sembako","package":"sembako","unit":"paket","needed":420,"committed":30,"delivered":30,"received":120,"remaining":240,"confirmedOn":"2026-05-10"},` +
		`{"id":"31.73.01.1006.003:siap-saji","package":"siap-saji","unit":"porsi","needed":400,"committed":0,"delivered":0,"received":0,"remaining":400,"confirmedOn":"2026-05-10"}],` +
		`"openCommitments":1,"coverage":0.2763,"rev":9,"updatedAt":"2026-05-20T02:00:00.123Z"}}]}` + "\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNoFeatureIsStillACollection(t *testing.T) {
	got := appendLeaf(nil, aid.Leaf{Area: "31.73.01", Group: "umum"}, nil, someCatalogue)
	if !bytes.Contains(got, []byte(`"features":[]`)) || !json.Valid(got) {
		t.Errorf("empty leaf is %s", got)
	}
}

// Any text that a person managed to store comes out as the same text, in JSON
// that is also safe inside a page.
func FuzzStringsSurvive(f *testing.F) {
	for _, s := range []string{"", "RW 03", "\x00\x1f\x7f", `"\/`, "</script>", "\u2028\u2029", "\xff\xfe", "🤲🏽", "a\u202eb", "=1+1", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := appendString(nil, s)
		var back string
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatalf("%q became %s: %v", s, b, err)
		}
		if want := string(bytes.ToValidUTF8([]byte(s), []byte("\ufffd"))); utf8.ValidString(s) && back != want {
			t.Errorf("%q became %q", s, back)
		}
		if bytes.ContainsAny(b, "<>&\n\r") || bytes.ContainsRune(b, '\u2028') {
			t.Errorf("%q became %s, which is not safe inside a page", s, b)
		}
	})
}

func FuzzDegrees(f *testing.F) {
	for _, v := range []float64{0, -0.0000001, 106.73214, -6.15338, 180, -90, 1.0000005} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		if math.IsNaN(v) || math.Abs(v) > 180 {
			t.Skip("not degrees")
		}
		var back float64
		b := appendDegrees(nil, v)
		if err := json.Unmarshal(b, &back); err != nil || math.Abs(back-v) > 0.51e-6 {
			t.Errorf("%v became %s: %v", v, b, err)
		}
		if again := appendDegrees(nil, back); !bytes.Equal(again, b) {
			t.Errorf("%s is read and written as %s", b, again)
		}
	})
}

func TestEncodingAFeatureAllocatesNothing(t *testing.T) {
	p := somePlace()
	p.Needs = p.Needs[:1]
	buffer := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { buffer = appendFeature(buffer[:0], p, someCatalogue) }); n > 0 {
		t.Errorf("%v allocations per feature", n)
	}
}

func BenchmarkEncode(b *testing.B) {
	p := somePlace()
	buffer := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buffer = appendFeature(buffer[:0], p, someCatalogue)
	}
	b.SetBytes(int64(len(buffer)))
}
