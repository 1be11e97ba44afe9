package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// history is one recipient with all that was promised to it.
type history struct {
	place       aid.Place
	commitments []aid.Commitment
}

// dawn is when everything in these tests begins.
var dawn = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)

// awkward are texts that a file of rows could stumble over.
var awkward = []string{
	`Warung "Bu Sri", pojok`, "=HYPERLINK(\"http://x\")", "+62 gratis", "-beras-", "@semua", "'Aisyiyah Ranting", "beras; =1+1",
	"Panti 👨‍👩‍👧 Kasih", "dua\nbaris", " spasi ", "", "\t=1", "＝SUM(A1)",
}

// histories draws the recipients of the tiny region with commitments in every
// state, whose figures agree.
func histories(t *rapid.T, pack *region.Pack) []history {
	var all []history
	cat := pack.Catalogue()
	serial := 0
	for i, n := 0, rapid.IntRange(0, 6).Draw(t, "recipients"); i < n; i++ {
		kelurahan := rapid.SampledFrom([]area.Code{"34.71.01.1001", "34.71.01.1002", "34.71.02.1001"}).Draw(t, "kelurahan")
		r := aid.Recipient{
			ID: aid.RecipientID(fmt.Sprintf("%s.%03d", kelurahan, i+1)), Area: kelurahan + area.Code(fmt.Sprintf(".%03d", i+1)), Kind: "padukuhan",
			Name: "Penerima " + rapid.SampledFrom(awkward).Draw(t, "name"), Point: aid.Point{Lng: 110.3 + float64(i)/7, Lat: -7.7 - float64(i)/13},
			Households: rapid.Int64Range(0, 300).Draw(t, "households"), Steward: "Ibu Rahasia Sekali",
			Address: rapid.SampledFrom(awkward).Draw(t, "address"), Demo: rapid.Bool().Draw(t, "demo"),
			Indicators: []aid.Indicator{{ID: "positif", Value: 3, On: "2026-03-01"}},
		}
		if rapid.Bool().Draw(t, "institution") {
			r.ID, r.Area, r.Kind = aid.RecipientID(fmt.Sprintf("%s-puskesmas-%d", kelurahan, i)), kelurahan, "puskesmas"
		}
		h := history{place: aid.Place{Recipient: r}}
		held := map[aid.PackageID]aid.Counts{}
		for range rapid.IntRange(0, 4).Draw(t, "commitments") {
			serial++
			c := commitment(t, serial, r, cat)
			h.commitments = append(h.commitments, c)
			for l, line := range c.Lines {
				held[line.Package] = held[line.Package].Plus(c.Line(l))
			}
		}
		for _, id := range []aid.PackageID{"galon", "pompa", "tangki"} {
			n := held[id]
			h.place.Needs = append(h.place.Needs, aid.Need{
				ID: aid.NeedOf(r.ID, id), Recipient: r.ID, Program: cat.Packages[id].Program, Package: id,
				Needed: n.Sum() + rapid.Int64Range(0, 40).Draw(t, "more"), Committed: n.Committed, Delivered: n.Delivered, Received: n.Received,
				Source: "dinas", ConfirmedOn: "2026-02-20", ConfirmedBy: "kelurahan",
			})
		}
		s := aid.StandingOf(h.commitments)
		h.place.Activity = aid.Activity{Open: s.Open, Pledged: s.Pledged, Lapsed: s.Lapsed, Hours: s.Hours}
		all = append(all, h)
	}
	return all
}

// commitment draws one in any state, as its life would have left it.
func commitment(t *rapid.T, serial int, r aid.Recipient, cat *aid.Catalogue) aid.Commitment {
	at := dawn.Add(time.Duration(serial) * 31 * time.Hour)
	c := aid.Commitment{
		ID: aid.CommitmentID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", serial)), Recipient: r.ID, Program: "air-bersih",
		State: rapid.SampledFrom(aid.States).Draw(t, "state"), Class: rapid.SampledFrom(aid.Classes).Draw(t, "class"),
		Route: rapid.SampledFrom([]aid.Route{aid.Direct, aid.Aggregate}).Draw(t, "route"),
		Name:  "Donatur Terang " + rapid.SampledFrom(awkward).Draw(t, "giver"), Collaborator: aid.CollaboratorID(fmt.Sprintf("kolab-%d", serial%3)),
		Salt: "garam-rahasia", Period: aid.Period{From: "2026-03-05", To: "2026-03-20"}, Schedule: aid.Appointment{On: "2026-03-12"},
		SubmittedAt: at,
	}
	if c.Route == aid.Aggregate {
		c.Aggregator = "mitra-air"
	}
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]aid.PackageID{"galon", "pompa", "tangki", ""}), 1, 3, rapid.ID).Draw(t, "packages") {
		l := aid.Line{Package: id, Quantity: rapid.Int64Range(1, 9).Draw(t, "quantity"), Value: aid.Rupiah(rapid.Int64Range(0, 1_000_001).Draw(t, "value"))}
		if id == "" {
			l.Free, l.Unit, l.Estimated = "uraian-bebas "+rapid.SampledFrom(awkward).Draw(t, "free"), "satuan-bebas", true
		} else if l.Need, l.Unit = aid.NeedOf(r.ID, id), cat.Packages[id].Unit; id == "galon" {
			l.Equivalent = "setara-bebas"
		}
		c.Lines = append(c.Lines, l)
	}
	if c.State == aid.Submitted || c.State == aid.Dropped {
		return c
	}
	c.PledgedAt = at.Add(time.Minute)
	switch c.State {
	case aid.Lapsed, aid.Withdrawn:
		c.EndedAt, c.Reason = at.Add(50*time.Hour), "other"
		return c
	case aid.Pledged:
		return c
	}
	c.ContactedAt = at.Add(5 * time.Hour)
	if c.State == aid.Delivered || c.State == aid.Received || c.State == aid.Disputed {
		c.SignedAt = at.Add(6 * time.Hour)
		d := aid.Delivery{Number: c.ID.BAST(1), On: "2026-03-12", ReportedAt: at.Add(30 * time.Hour), ReportedBy: aid.Collaborator, Evidence: []aid.EvidenceID{"bukti-rahasia"}}
		for _, l := range c.Lines {
			d.Quantities = append(d.Quantities, l.Quantity)
		}
		switch c.State {
		case aid.Received:
			d.Answer, d.Received, d.AnsweredAt, d.Via = aid.Full, slices.Clone(d.Quantities), at.Add(40*time.Hour), aid.ViaSteward
			c.EndedAt = d.AnsweredAt
		case aid.Disputed:
			d.Answer, d.Received, d.AnsweredAt, d.Via = aid.Fewer, slices.Clone(d.Quantities), at.Add(40*time.Hour), aid.ViaSteward
			d.Received[0]--
		}
		c.Deliveries = []aid.Delivery{d}
	}
	return c
}

// rowsOf returns every row of every table about the recipients.
func rowsOf(all []history, pack *region.Pack, named bool) map[string][][]any {
	rows := map[string][][]any{}
	add := func(t report.Table, more ...[]any) { rows[t.Name] = append(rows[t.Name], more...) }
	for _, h := range all {
		add(report.RecipientTable, report.RecipientRow(h.place, pack))
		add(report.NeedTable, report.NeedRows(h.place, pack)...)
		for _, c := range h.commitments {
			add(report.CommitmentTable, report.CommitmentRows(h.place, c, pack, named)...)
			add(report.DeliveryTable, report.DeliveryRows(h.place, c, pack)...)
		}
	}
	return rows
}

func written(t require, table report.Table, rows [][]any, open func(*bytes.Buffer) report.Writer) []byte {
	var b bytes.Buffer
	w := open(&b)
	for _, row := range rows {
		if err := w.Row(row); err != nil {
			t.Fatalf("write row of %s: %v", table.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatalf("close %s: %v", table.Name, err)
	}
	return b.Bytes()
}

// require is what *testing.T and *rapid.T have in common.
type require interface {
	Fatalf(format string, args ...any)
}

func asCSV(t require, table report.Table, rows [][]any) []byte {
	return written(t, table, rows, func(b *bytes.Buffer) report.Writer { return report.NewCSV(b, table) })
}

func asJSONL(t require, table report.Table, rows [][]any) []byte {
	return written(t, table, rows, func(b *bytes.Buffer) report.Writer { return report.NewJSONL(b, table) })
}

// A programmer, a spreadsheet and a map must count the same, whatever they
// filter by.
func TestEveryFormatHasTheSameRowsUnderEveryFilter(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		rows := rowsOf(histories(t, pack), pack, rapid.Bool().Draw(t, "named"))
		for _, table := range report.Tables[:4] {
			var fromCSV [][]any
			file := asCSV(t, table, rows[table.Name])
			if err := report.ReadCSV(bytes.NewReader(file), table, func(cells []any) error {
				fromCSV = append(fromCSV, slices.Clone(cells))
				return nil
			}); err != nil {
				t.Fatalf("%v in\n%s", err, file)
			}
			fromJSON := objects(t, table, asJSONL(t, table, rows[table.Name]))
			if !reflect.DeepEqual(fromCSV, fromJSON) {
				t.Fatalf("%s: CSV\n%#v\nJSON Lines\n%#v", table.Name, fromCSV, fromJSON)
			}
			for _, filter := range []string{"kota_code", "kecamatan_code", "kelurahan_code", "program", "state", "class", "form", "demo"} {
				i := table.Column(filter)
				if i < 0 {
					continue
				}
				if got, want := counted(fromJSON, i), counted(rows[table.Name], i); !reflect.DeepEqual(got, want) {
					t.Fatalf("%s by %s: files count %v, the facts %v", table.Name, filter, got, want)
				}
			}
		}
	})
}

func counted(rows [][]any, column int) map[any]int {
	n := map[any]int{}
	for _, row := range rows {
		n[row[column]]++
	}
	return n
}

// objects reads JSON Lines back into cells, every one by its column's type.
func objects(t require, table report.Table, file []byte) [][]any {
	var rows [][]any
	for dec := json.NewDecoder(bytes.NewReader(file)); dec.More(); {
		var object map[string]json.RawMessage
		if err := dec.Decode(&object); err != nil {
			t.Fatalf("decode %s: %v", table.Name, err)
		}
		if len(object) != len(table.Columns) {
			t.Fatalf("%s: object with %d members for %d columns", table.Name, len(object), len(table.Columns))
		}
		rows = append(rows, cellsOf(t, table.Columns, object))
	}
	return rows
}

func cellsOf(t require, columns []report.Column, object map[string]json.RawMessage) []any {
	var row []any
	for _, c := range columns {
		var cell any
		var err error
		switch raw := object[c.Name]; {
		case string(raw) == "null":
		case c.Type == report.Integer:
			cell, err = decoded[int64](raw)
		case c.Type == report.Number:
			cell, err = decoded[float64](raw)
		case c.Type == report.Boolean:
			cell, err = decoded[bool](raw)
		default:
			cell, err = decoded[string](raw)
		}
		if err != nil {
			t.Fatalf("member %s: %v", c.Name, err)
		}
		row = append(row, cell)
	}
	return row
}

func decoded[T any](raw json.RawMessage) (T, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

func TestTheMapHasTheRowsOfTheTable(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		g := report.NewGeoJSON(&b)
		var want [][]any
		all := histories(t, pack)
		for _, h := range all {
			if err := g.Place(h.place, pack); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		for _, cells := range objects(t, report.RecipientTable, asJSONL(t, report.RecipientTable, rowsOf(all, pack, true)["recipients"])) {
			want = append(want, cells)
		}
		var collection struct {
			Type     string
			Features []struct {
				Type     string
				ID       string
				Geometry struct {
					Type        string
					Coordinates []json.Number
				}
				Properties map[string]json.RawMessage
			}
		}
		if err := json.Unmarshal(b.Bytes(), &collection); err != nil {
			t.Fatalf("%v in\n%s", err, b.Bytes())
		}
		if collection.Type != "FeatureCollection" || len(collection.Features) != len(want) {
			t.Fatalf("%s of %d features for %d recipients", collection.Type, len(collection.Features), len(want))
		}
		decimals := regexp.MustCompile(`^-?\d+(\.\d{1,6})?$`)
		for i, f := range collection.Features {
			lng, lat := f.Geometry.Coordinates[0], f.Geometry.Coordinates[1]
			f.Properties["lon"], f.Properties["lat"] = json.RawMessage(lng), json.RawMessage(lat)
			if got := cellsOf(t, report.RecipientTable.Columns, f.Properties); !reflect.DeepEqual(got, want[i]) || f.ID != got[0] || len(f.Properties) != len(want[i]) {
				t.Fatalf("feature %d %v, row %v", i, got, want[i])
			}
			if f.Type != "Feature" || f.Geometry.Type != "Point" || len(f.Geometry.Coordinates) != 2 || !decimals.MatchString(lng.String()) || !decimals.MatchString(lat.String()) {
				t.Fatalf("feature %d is %s of %s at %v", i, f.Type, f.Geometry.Type, f.Geometry.Coordinates)
			}
		}
	})
}

// The sums of the commitments table are the figures of the statistics: whoever
// adds up the file gets what the page says.
func TestAddingUpTheTablesGivesTheStatistics(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		all := histories(t, pack)
		rows := rowsOf(all, pack, false)
		var totals tally.Totals
		var giving tally.Giving
		for _, h := range all {
			totals = totals.Plus(tally.Of(h.place, pack.Catalogue()))
			giving = giving.Plus(tally.GivingOf(h.place, h.commitments, pack.Catalogue()))
		}
		whole := tally.StatisticsOf(totals, giving, nil).Whole
		promised, needed := report.CommitmentTable, report.NeedTable
		sum := func(table report.Table, column string, where map[string]any) int64 {
			var n int64
			for _, row := range rows[table.Name] {
				matches := true
				for name, want := range where {
					matches = matches && row[table.Column(name)] == want
				}
				if matches {
					n += row[table.Column(column)].(int64)
				}
			}
			return n
		}
		for form, want := range map[string]tally.Stand{"gift": whole.Gift, "loan": whole.Loan, "free": whole.Free} {
			is := map[string]any{"form": form}
			got := tally.Stand{
				Needed:    sum(needed, "needed_value_idr", is),
				Committed: sum(promised, "committed_value_idr", is), Delivered: sum(promised, "delivered_value_idr", is),
				Received: sum(promised, "received_value_idr", is), Disputed: sum(promised, "disputed_value_idr", is),
				Lapsed:    sum(promised, "value_idr", map[string]any{"form": form, "state": "lapsed"}),
				Withdrawn: sum(promised, "value_idr", map[string]any{"form": form, "state": "withdrawn"}),
			}
			if got != want {
				t.Fatalf("%s: table %+v, statistics %+v", form, got, want)
			}
		}
		numbers := map[any]bool{}
		holding := map[any]bool{}
		for _, row := range rows[promised.Name] {
			numbers[row[0]] = true
			if row[promised.Column("counted")] == true {
				holding[row[0]] = true
			}
		}
		if int64(len(numbers)) != whole.Commitments.Pledged || int64(len(holding)) != whole.Commitments.Holding {
			t.Fatalf("table has %d commitments, %d hold; statistics %+v", len(numbers), len(holding), whole.Commitments)
		}
	})
}

// What is frozen stays for ever, so it must not hold what can be taken back;
// what came to nothing names nobody anywhere.
func TestNoRowSaysMoreThanMayBeSaid(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		all := histories(t, pack)
		for _, named := range []bool{true, false} {
			rows := rowsOf(all, pack, named)
			var out strings.Builder
			for _, table := range report.Tables[:4] {
				out.Write(asCSV(t, table, rows[table.Name]))
				out.Write(asJSONL(t, table, rows[table.Name]))
			}
			never := []string{"kolab-", "garam-rahasia", "bukti-rahasia", "Rahasia Sekali", "0198c0de"}
			if !named {
				never = append(never, "Donatur Terang", "uraian-bebas", "setara-bebas", "satuan-bebas", "Hamba Allah")
			}
			for _, word := range never {
				if strings.Contains(out.String(), word) {
					t.Fatalf("named %v: %q is in\n%s", named, word, out.String())
				}
			}
			for _, row := range rows["commitments"] {
				if row[report.CommitmentTable.Column("counted")] == true {
					continue
				}
				for _, name := range []string{"collaborator", "description", "aggregator", "contacted_at", "signed_at", "period_from", "scheduled_on"} {
					if cell := row[report.CommitmentTable.Column(name)]; cell != nil {
						t.Fatalf("ended commitment says %s = %v", name, cell)
					}
				}
			}
		}
		for _, h := range all {
			for _, c := range h.commitments {
				if c.PledgedAt.IsZero() && report.CommitmentRows(h.place, c, pack, true) != nil {
					t.Fatalf("%s has a row", c.State)
				}
			}
		}
	})
}

func TestACoarseKindShowsTheKelurahanOnly(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	p := aid.Place{Recipient: aid.Recipient{
		ID: "34.71.01.1001-puskesmas-1", Kind: "puskesmas", Area: "34.71.01.1001", Name: "Puskesmas", Address: "Jalan Satu", Point: aid.Point{Lng: 110.999, Lat: -7.999},
	}}
	row := report.RecipientRow(p, pack)
	got := []any{row[report.RecipientTable.Column("lat")], row[report.RecipientTable.Column("lon")], row[report.RecipientTable.Column("address")], row[report.RecipientTable.Column("coarse")]}
	if want := []any{-7.785, 110.36, nil, true}; !reflect.DeepEqual(got, want) {
		t.Errorf("row shows %v, want %v", got, want)
	}
}

// hashtags are those of the HXL core schema 1.1.
var hashtags = strings.Fields(`#access #activity #adm1 #adm2 #adm3 #adm4 #adm5 #affected #beneficiary #capacity #cause #channel #contact #country
	#crisis #currency #date #delivery #description #event #frequency #geo #group #impact #indicator #inneed #item #loc #meta #modality
	#operations #org #output #population #reached #region #respondee #sector #service #severity #status #subsector #targeted #team #theme #value`)

func TestEveryColumnIsNamedOnceTaggedAndDescribed(t *testing.T) {
	t.Parallel()
	name, tag := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`), regexp.MustCompile(`^#[a-z0-9]+(\+[a-z][a-z0-9_]*)*$`)
	for _, table := range report.Tables {
		names, tags := map[string]bool{}, map[string]bool{}
		for _, c := range table.Columns {
			hashtag, _, _ := strings.Cut(c.HXL, "+")
			switch {
			case !name.MatchString(c.Name) || names[c.Name]:
				t.Errorf("%s: column %q is no name, or not the only one", table.Name, c.Name)
			case !tag.MatchString(c.HXL) || !slices.Contains(hashtags, hashtag) || tags[c.HXL]:
				t.Errorf("%s.%s: tag %q is none of HXL, or not the only one", table.Name, c.Name, c.HXL)
			case c.Label == "" || !strings.HasSuffix(c.ID, ".") || !strings.HasSuffix(c.EN, "."):
				t.Errorf("%s.%s is not described: %q %q %q", table.Name, c.Name, c.Label, c.ID, c.EN)
			case strings.HasSuffix(c.Name, "_idr") != strings.HasSuffix(c.HXL, "+idr"):
				t.Errorf("%s.%s: tag %q and name disagree about rupiah", table.Name, c.Name, c.HXL)
			}
			numeric := c.Type == report.Integer || c.Type == report.Number
			if slices.Contains([]string{"#value", "#affected"}, hashtag) && !numeric || hashtag == "#date" && c.Type != report.Date && c.Type != report.DateTime {
				t.Errorf("%s.%s: what reads HXL expects no %s under %s", table.Name, c.Name, c.Type, hashtag)
			}
			names[c.Name], tags[c.HXL] = true, true
		}
		if !table.Columns[0].Required {
			t.Errorf("%s: the first column may be empty, then a row could be taken for a comment or a blank line", table.Name)
		}
		for _, key := range table.Key {
			if i := table.Column(key); i < 0 || !table.Columns[i].Required {
				t.Errorf("%s: key %s is no column that is always there", table.Name, key)
			}
		}
		for _, ref := range table.Refs {
			other, ok := report.TableOf(ref.Table)
			for i := range ref.Columns {
				from, to := table.Column(ref.Columns[i]), -1
				if ok && i < len(ref.To) {
					to = other.Column(ref.To[i])
				}
				if from < 0 || to < 0 || table.Columns[from].Type != other.Columns[to].Type {
					t.Errorf("%s: %v does not lead to %s %v", table.Name, ref.Columns, ref.Table, ref.To)
				}
			}
		}
	}
}

func TestAreaRowLeavesEmptyWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	n := tally.Count{N: 12, Estimated: false}
	full := report.AreaRow("34.71", "Kota Karang", tally.Row{
		Place: &tally.Register{Recipients: 3, Households: 0, Coverage: 1234, PerThousand: -1}, Collaborators: &n,
		Gift: tally.Stand{Needed: 1, Withdrawn: 7}, Free: tally.Stand{Committed: 5},
	})
	cell := func(row []any, name string) any { return row[report.AreaTable.Column(name)] }
	for name, want := range map[string]any{
		"area_code": "34.71", "level": "kota", "parent_code": "34", "coverage": 0.1234, "received_per_1000_households_idr": nil, "collaborators": int64(12),
		"gift_needed_idr": int64(1), "gift_withdrawn_idr": int64(7), "free_committed_idr": int64(5), "free_withdrawn_idr": int64(0),
	} {
		if got := cell(full, name); got != want {
			t.Errorf("%s = %#v, want %#v", name, got, want)
		}
	}
	bare := report.AreaRow("34", "Pesisir", tally.Row{})
	for _, row := range [][]any{full, bare} {
		asCSV(t, report.AreaTable, [][]any{row})
	}
	if cell(bare, "recipients") != nil || cell(bare, "collaborators") != nil || cell(bare, "parent_code") != nil {
		t.Errorf("row without register = %v", bare)
	}
}

func TestEveryPublishedStateIsMapped(t *testing.T) {
	t.Parallel()
	var got []aid.State
	for _, m := range report.Mapping() {
		got = append(got, m.State)
		for column, value := range map[string]string{"fts_status": m.FTS, "iati_transaction_type": m.IATI, "threesixtygiving_amount": m.ThreeSixtyGiving} {
			if c := report.CommitmentTable.Columns[report.CommitmentTable.Column(column)]; value != "" && !slices.Contains(c.Values, value) {
				t.Errorf("%s: %s is not among the values of %s", m.State, value, column)
			}
		}
		if m.State.Counts() == (m.FTS == "") {
			t.Errorf("%s counts %v and is %q in FTS", m.State, m.State.Counts(), m.FTS)
		}
	}
	want := slices.DeleteFunc(slices.Clone(aid.States), func(s aid.State) bool { return s == aid.Submitted || s == aid.Dropped })
	if !slices.Equal(got, want) {
		t.Errorf("mapped %v, want %v", got, want)
	}
	for i, f := range report.FormMappings() {
		if f.Form != tally.Forms[i] || f.IATIFinance == "" {
			t.Errorf("form %d is %+v", i, f)
		}
	}
}

// A cell is what the reader of RFC 4180 gets, and no cell is one that a
// spreadsheet runs, whether it parts cells by commas or by semicolons.
func FuzzCSVKeepsItsTextsAndRunsNone(f *testing.F) {
	for _, s := range awkward {
		f.Add(s, "biasa")
		f.Add("biasa", s)
	}
	f.Add("a;\t=1", "'=1")
	f.Add("''+1", "\u200b=1")
	f.Add("\xff=1", "x\r\n-1")
	table := report.Table{Name: "t", Columns: []report.Column{{Name: "a", HXL: "#item", Type: report.String}, {Name: "b", HXL: "#description", Type: report.String}, {Name: "n", HXL: "#value", Type: report.Integer}}}
	f.Fuzz(func(t *testing.T, a, b string) {
		file := asCSV(t, table, [][]any{{a, b, int64(-7)}})
		records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
		if err != nil || len(records) != 3 {
			t.Fatalf("%d records, %v in %q", len(records), err, file)
		}
		for _, cell := range records[2][:2] {
			if executable(cell) {
				t.Fatalf("%q, %q: cell %q would run", a, b, cell)
			}
		}
		body := string(file[bytes.Index(file, []byte("#value\r\n"))+len("#value\r\n"):])
		for _, cell := range strings.FieldsFunc(body, func(r rune) bool { return r == ';' || r == '\t' || r == '\n' || r == '\r' }) {
			// Cut without regard to quotes, only the first comma-separated column
			// begins a cell.
			if cell = strings.Trim(cell, `"`); executable(cell) {
				t.Fatalf("%q, %q: %q would run where semicolons part cells, in %q", a, b, cell, body)
			}
		}
		var back []any
		if err := report.ReadCSV(bytes.NewReader(file), table, func(cells []any) error { back = slices.Clone(cells); return nil }); err != nil {
			t.Fatal(err)
		}
		if want := objects(t, table, asJSONL(t, table, [][]any{{a, b, int64(-7)}}))[0]; !reflect.DeepEqual(back, want) {
			t.Fatalf("%q, %q: CSV says %q, JSON %q", a, b, back, want)
		}
	})
}

// executable tells what Excel, LibreOffice and Google Sheets take for a formula.
func executable(cell string) bool {
	cell = strings.TrimLeft(cell, " \u00a0\u200b\ufeff")
	return cell != "" && strings.ContainsRune("=+-@＝＋－＠\t\r", []rune(cell)[0])
}

func TestATextIsGuardedOnlyWhereItMustBe(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "'Aisyiyah": "'Aisyiyah", "Beras 5 kg - curah": "Beras 5 kg - curah", "a=b": "a=b", "a,=b": "a,=b", "odp=1;pdp=2": "odp=1;pdp=2",
		"=1": "'=1", "'=1": "''=1", "''=1": "'''=1", " +1": "' +1", "-": "'-", "@x": "'@x", "\tx": "'\tx", "＝1": "'＝1", "\u200b=1": "'\u200b=1",
		"a;=1": "a;'=1", "a; @b;c;-d": "a;' @b;c;'-d", "a\n\nb": "a\n\nb", "a\n=b": "a\n'=b", ";=": ";'=", "a;\"=1": "a;'\"=1", "\"a\"": "\"a\"",
	} {
		got := report.Guard(text)
		if got != want {
			t.Errorf("Guard(%q) = %q, want %q", text, got, want)
		}
		if back := report.Unguard(got); back != text {
			t.Errorf("Unguard(%q) = %q, want %q", got, back, text)
		}
	}
}

func TestAWriterRefusesWhatDoesNotFitTheTable(t *testing.T) {
	t.Parallel()
	good := []any{"34.71.01-warga", "2026-03-01T00:00:00Z", "salah hitung", "dinas"}
	for name, row := range map[string][]any{
		"too few cells": good[:3], "an empty cell that is required": {nil, good[1], good[2], good[3]}, "an empty text that is required": {"", good[1], good[2], good[3]},
		"a number for a text": {int64(1), good[1], good[2], good[3]}, "a type that no cell has": {good[0], dawn, good[2], good[3]},
	} {
		for _, w := range []report.Writer{report.NewCSV(&bytes.Buffer{}, report.CorrectionTable), report.NewJSONL(&bytes.Buffer{}, report.CorrectionTable)} {
			if err := w.Row(row); err == nil {
				t.Errorf("%s was written by %T", name, w)
			}
			if err := w.Row(good); err != nil {
				t.Errorf("after %s, %T refuses a good row: %v", name, w, err)
			}
		}
	}
}

func TestReadingRefusesAnotherTablesFile(t *testing.T) {
	t.Parallel()
	file := string(asCSV(t, report.CorrectionTable, [][]any{report.CorrectionRow(report.Correction{Leaf: "34.71.01-warga", On: dawn, Reason: "r", By: "dinas"})}))
	for name, broken := range map[string]string{
		"another column":    strings.Replace(file, "reason", "why", 1),
		"another tag":       strings.Replace(file, "#description", "#item", 1),
		"a missing cell":    strings.Replace(file, ",dinas", "", 1),
		"an empty required": strings.Replace(file, "34.71.01-warga", "", 1),
		"no tags":           strings.SplitAfter(file, "\r\n")[0],
		"nothing":           "",
	} {
		if err := report.ReadCSV(strings.NewReader(broken), report.CorrectionTable, func([]any) error { return nil }); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	n := 0
	if err := report.ReadCSV(strings.NewReader(file), report.CorrectionTable, func([]any) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}
