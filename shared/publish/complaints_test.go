package publish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
	"ksbb/shared/region"
)

// caseBook is a ledger of complaints in memory.
type caseBook struct {
	months map[string][]aid.Complaint
	reads  int
	during func() // runs between reading a month and answering
	err    error
}

func (b *caseBook) ComplaintMonths(context.Context) ([]string, error) {
	var months []string
	for m := range b.months {
		months = append(months, m)
	}
	return months, b.err
}

func (b *caseBook) ComplaintsOf(_ context.Context, month string) ([]aid.Complaint, error) {
	b.reads++
	all := append([]aid.Complaint{}, b.months[month]...)
	if b.during != nil {
		f := b.during
		b.during = nil
		f()
	}
	return all, b.err
}

var march = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

func complaintIn(code area.Code, class aid.ComplaintClass) aid.Complaint {
	return aid.Complaint{
		ID: "0198c0de-0000-7000-8000-00000000002a", Class: class, Area: code, About: aid.About{Recipient: aid.RecipientID(code) + ".003"},
		State: aid.ComplaintReceived, ReceivedAt: march,
	}
}

func jakartaPack(t testing.TB) *region.Pack {
	t.Helper()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func counted(t testing.TB, book *caseBook, now time.Time) (publish.ComplaintsFile, []byte) {
	t.Helper()
	store := new(blobtest.Memory)
	if _, err := publish.NewCounter(jakartaPack(t), book, store).Count(context.Background(), now); err != nil {
		t.Fatal(err)
	}
	o, err := store.Get(context.Background(), publish.ComplaintsPath)
	if err != nil {
		t.Fatal(err)
	}
	var f publish.ComplaintsFile
	if err := json.Unmarshal(o.Body, &f); err != nil {
		t.Fatal(err)
	}
	return f, o.Body
}

func TestComplaintsAreCountedByClassStateAgeAndOutcome(t *testing.T) {
	t.Parallel()
	closed := complaintIn("31.74.01.1001", aid.Levy)
	closed.State, closed.Outcome, closed.ClosedAt = aid.ComplaintClosed, aid.Resolved, march.AddDate(0, 0, 3)
	old := complaintIn("", aid.Politics)
	old.ReceivedAt = march.AddDate(0, 0, -40)
	onTime := complaintIn("31.74.01.1001", aid.Levy)
	onTime.ReceivedAt = march.AddDate(0, 0, 2) // seven days to the second
	book := &caseBook{months: map[string][]aid.Complaint{
		"2026-03": {complaintIn("31.74.01.1001", aid.Levy), complaintIn("31.71.01.1001", aid.Levy), closed, onTime},
		"2026-01": {old},
	}}
	f, _ := counted(t, book, march.AddDate(0, 0, 9))
	var got []string
	for _, c := range f.Cells {
		got = append(got, fmt.Sprintf("%s %s %s %s %d", c.Class, c.State, c.Age, c.Outcome, c.Count))
	}
	want := []string{"levy received 2-7  1", "levy received 7-30  2", "levy closed 2-7 resolved 1", "politics received over-30  1"}
	if fmt.Sprint(got) != fmt.Sprint(want) || f.Total != 5 || f.Generation != 1 || f.Region != "31" {
		t.Errorf("cells %q of %d; want %q of 5", got, f.Total, want)
	}
}

// Whoever subtracts what is said of the kota from the region's figure never
// finds a number under five, unless it is the whole rest.
func TestSmallNumbersOfAKotaCannotBeFound(t *testing.T) {
	t.Parallel()
	pack := jakartaPack(t)
	kelurahan := map[string]area.Code{}
	for _, a := range pack.At(area.Kelurahan) {
		kelurahan[string(a.Code.At(area.Kota))] = a.Code
	}
	rapid.Check(t, func(t *rapid.T) {
		book := &caseBook{months: map[string][]aid.Complaint{}}
		want := map[string]int64{}
		for kota, code := range kelurahan {
			n := rapid.IntRange(0, 9).Draw(t, kota)
			want[kota] = int64(n)
			for range n {
				book.months["2026-03"] = append(book.months["2026-03"], complaintIn(code, aid.Levy))
			}
		}
		store := new(blobtest.Memory)
		if _, err := publish.NewCounter(pack, book, store).Count(context.Background(), march); err != nil {
			t.Fatal(err)
		}
		o, err := store.Get(context.Background(), publish.ComplaintsPath)
		if err != nil {
			t.Fatal(err)
		}
		var f publish.ComplaintsFile
		if err := json.Unmarshal(o.Body, &f); err != nil {
			t.Fatal(err)
		}
		rest, all := f.Total, int64(0)
		for _, n := range want {
			all += n
		}
		for _, k := range f.Kota {
			if got := k.Cells[0].Count; got != want[string(k.Area)] || got < 5 {
				t.Fatalf("%s has %d, says %d", k.Area, want[string(k.Area)], got)
			}
			rest -= k.Cells[0].Count
		}
		if f.Total != all || rest > 0 && rest < 5 && len(f.Kota) > 0 {
			t.Fatalf("of %v it says %d in all and %+v: %d are left", want, f.Total, f.Kota, rest)
		}
	})
}

// A complaint against an RW is not to be found by RW, nor by kelurahan.
func TestComplaintsSayNoUnitAndNoKelurahan(t *testing.T) {
	t.Parallel()
	book := &caseBook{months: map[string][]aid.Complaint{}}
	for range 20 {
		c := complaintIn("31.74.01.1001", aid.Levy)
		c.About.Aggregator, c.About.Commitment = "baznas", "K-0000-001A"
		book.months["2026-03"] = append(book.months["2026-03"], c)
	}
	f, body := counted(t, book, march)
	if len(f.Kota) != 1 || f.Kota[0].Area != "31.74" || f.Kota[0].Cells[0].Count != 20 {
		t.Errorf("by kota: %+v", f.Kota)
	}
	for _, word := range []string{"31.74.01", "1001", "003", "baznas", "K-0000", "0198c0de"} {
		if bytes.Contains(body, []byte(word)) {
			t.Errorf("%s says %q: %s", publish.ComplaintsPath, word, body)
		}
	}
}

func TestCountsThatDidNotChangeAreNotWritten(t *testing.T) {
	t.Parallel()
	book := &caseBook{months: map[string][]aid.Complaint{"2026-03": {complaintIn("", aid.Levy)}}}
	store := new(blobtest.Memory)
	counter := publish.NewCounter(jakartaPack(t), book, store)
	for i, step := range []struct {
		now  time.Time
		want bool
	}{{march, true}, {march.Add(time.Hour), false}, {march.AddDate(0, 0, 2), false}, {march.AddDate(0, 0, 2).Add(1), true}, {march.AddDate(0, 0, 3), false}} {
		changed, err := counter.Count(t.Context(), step.now)
		if err != nil || changed != step.want {
			t.Errorf("step %d: changed %v, %v; want %v", i, changed, err, step.want)
		}
	}
	if store.Puts != 2 {
		t.Errorf("%d writes; want 2", store.Puts)
	}
}

// While one counts, another counts later complaints and is faster. The slower
// one must not put its older figures over the newer.
func TestOlderCountsNeverReplaceNewer(t *testing.T) {
	t.Parallel()
	pack, store := jakartaPack(t), new(blobtest.Memory)
	slow := &caseBook{months: map[string][]aid.Complaint{"2026-03": {complaintIn("", aid.Levy)}}}
	if _, err := publish.NewCounter(pack, slow, store).Count(t.Context(), march); err != nil {
		t.Fatal(err)
	}
	slow.months["2026-03"] = nil
	slow.during = func() { // the slow one has read no complaint; now there are two, then one as at first
		fast := &caseBook{months: map[string][]aid.Complaint{"2026-03": {complaintIn("", aid.Levy), complaintIn("", aid.Levy)}}}
		for range 2 {
			if _, err := publish.NewCounter(pack, fast, store).Count(t.Context(), march); err != nil {
				t.Error(err)
			}
			fast.months["2026-03"] = fast.months["2026-03"][:1]
		}
		slow.months = fast.months
	}
	if _, err := publish.NewCounter(pack, slow, store).Count(t.Context(), march); err != nil {
		t.Fatal(err)
	}
	o, _ := store.Get(t.Context(), publish.ComplaintsPath)
	var f publish.ComplaintsFile
	if err := json.Unmarshal(o.Body, &f); err != nil || f.Total != 1 || f.Generation != 3 {
		t.Errorf("in the end %s (%v); want the count of 1, generation 3", o.Body, err)
	}
}

func TestCountingThatFailsLeavesTheFileAlone(t *testing.T) {
	t.Parallel()
	store, refused := new(blobtest.Memory), errors.New("access denied")
	book := &caseBook{months: map[string][]aid.Complaint{"2026-03": {}}, err: refused}
	if _, err := publish.NewCounter(jakartaPack(t), book, store).Count(t.Context(), march); !errors.Is(err, refused) || store.Puts != 0 {
		t.Errorf("Count = %v after %d writes", err, store.Puts)
	}
}

func TestComplaintsFitTheirSchema(t *testing.T) {
	t.Parallel()
	store, _, _, pack := jakarta(t)
	book := &caseBook{months: map[string][]aid.Complaint{}}
	for i, class := range aid.ComplaintClasses {
		for n := range 9 {
			c := complaintIn("31.74.01.1001", class)
			c.ReceivedAt = march.AddDate(0, 0, -10*n)
			if i%2 == 1 {
				c.State, c.ClosedAt, c.Outcome = aid.ComplaintClosed, march, aid.Outcomes[i%len(aid.Outcomes)]
			}
			book.months["2026-03"] = append(book.months["2026-03"], c, c, c, c, c)
		}
	}
	if _, err := publish.NewCounter(pack, book, store).Count(t.Context(), march); err != nil {
		t.Fatal(err)
	}
	objects := store.Objects()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(objects["data/schemas/complaints.json"].Body))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://ksbb.example/data/schemas/complaints.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("https://ksbb.example/data/schemas/complaints.json")
	if err != nil {
		t.Fatal(err)
	}
	body := objects[publish.ComplaintsPath].Body
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(doc); err != nil {
		t.Errorf("%s: %v", body, err)
	}
	if err := publish.Check(t.Context(), store); err != nil {
		t.Error(err)
	}
	// What must not be said is found from outside, by both.
	for name, bad := range map[string]string{
		"a unit":        strings.Replace(string(body), `"total"`, `"about":"31.74.01.1001.003","total"`, 1),
		"a small kota":  strings.Replace(string(body), `"kota":[{"area":"31.74","name":"Jakarta Selatan","cells":[{"class":"not_received","state":"received","age":"under-2","count":5`, `"kota":[{"area":"31.74","name":"Jakarta Selatan","cells":[{"class":"not_received","state":"received","age":"under-2","count":4`, 1),
		"a kelurahan":   strings.Replace(string(body), `"area":"31.74"`, `"area":"31.74.01.1001"`, 1),
		"another class": strings.Replace(string(body), `"class":"levy"`, `"class":"rw-003"`, 1),
	} {
		if bad == string(body) {
			t.Fatalf("%s: nothing was changed", name)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(doc); err == nil {
			t.Errorf("the schema lets %s be said", name)
		}
		old, _ := store.Get(t.Context(), publish.ComplaintsPath)
		file := publish.File{Path: publish.ComplaintsPath, Body: []byte(bad)}
		if err := store.Put(t.Context(), file, publish.Unchanged(old)); err != nil {
			t.Fatal(err)
		}
		if err := publish.Check(t.Context(), store); err == nil {
			t.Errorf("Check lets %s be said", name)
		}
	}
}
