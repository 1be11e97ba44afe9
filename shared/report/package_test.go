package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// openData makes the files of a dataset and describes them.
func openData(t require, all []history, pack *region.Pack, month string) (report.Dataset, map[string][]byte) {
	d := report.Dataset{
		Area: pack.Root, Name: pack.AreaName(pack.Root), AsOf: dawn.AddDate(0, 1, 0), Since: "2026-03-01", Month: month, Demo: true, Folder: "data/v1/open/34",
		Operator: pack.Operator, Box: pack.Box,
	}
	files := map[string][]byte{}
	add := func(table, name, media string, rows int, body []byte) {
		digest := sha256.Sum256(body)
		files[name] = body
		d.Files = append(d.Files, report.Source{
			Table: table, Path: d.Folder + "/" + name, Hash: "sha256-" + base64.StdEncoding.EncodeToString(digest[:]), Bytes: int64(len(body)), Rows: int64(rows), Type: media,
		})
	}
	rows := rowsOf(all, pack, month == "")
	for _, table := range report.Tables[:4] {
		add(table.Name, table.Name+".csv", "text/csv; charset=utf-8", len(rows[table.Name]), asCSV(t, table, rows[table.Name]))
		add(table.Name, table.Name+".jsonl", "application/jsonl", len(rows[table.Name]), asJSONL(t, table, rows[table.Name]))
	}
	var b bytes.Buffer
	g := report.NewGeoJSON(&b)
	for _, h := range all {
		if err := g.Place(h.place, pack); err != nil {
			t.Fatalf("%v", err)
		}
	}
	if err := g.Close(); err != nil {
		t.Fatalf("%v", err)
	}
	add("", "recipients.geojson", "application/geo+json", len(all), b.Bytes())
	return d, files
}

// descriptor is a datapackage.json as a stranger's program reads it.
type descriptor struct {
	Name      string
	Resources []struct {
		Name, Path, Hash string
		Bytes, Rows      int64
		Dialect          struct{ CommentChar string }
		Schema           struct {
			Fields []struct {
				Name, Type  string
				Constraints struct {
					Required, Unique bool
					Enum             []string
				}
			}
			PrimaryKey  []string
			ForeignKeys []struct {
				Fields    []string
				Reference struct {
					Resource string
					Fields   []string
				}
			}
		}
	}
}

var fieldForms = map[string]*regexp.Regexp{
	"integer": regexp.MustCompile(`^-?\d+$`), "number": regexp.MustCompile(`^-?\d+(\.\d+)?$`), "boolean": regexp.MustCompile(`^(true|false)$`),
	"date": regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`), "datetime": regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$`), "string": regexp.MustCompile(`(?s)^.+$`),
}

// faults reads every file by what the package says of it, and nothing else.
func faults(described []byte, files map[string][]byte) []string {
	var p descriptor
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if err := json.Unmarshal(described, &p); err != nil {
		return []string{err.Error()}
	}
	columns := map[string]map[string][]string{} // resource → field → values
	for _, r := range p.Resources {
		body, ok := files[r.Path]
		if digest := sha256.Sum256(body); !ok || r.Bytes != int64(len(body)) || r.Hash != fmt.Sprintf("sha256:%x", digest) {
			say("%s: file is another", r.Path)
		}
		in := csv.NewReader(bytes.NewReader(body))
		in.Comment = []rune(r.Dialect.CommentChar)[0]
		records, err := in.ReadAll()
		if err != nil || len(records) == 0 {
			say("%s: %v", r.Path, err)
			continue
		}
		if got := int64(len(records)) - 1; got != r.Rows {
			say("%s: %d rows, said to be %d", r.Path, got, r.Rows)
		}
		columns[r.Name] = map[string][]string{}
		for i, f := range r.Schema.Fields {
			if records[0][i] != f.Name {
				say("%s: column %d is %s, said to be %s", r.Path, i, records[0][i], f.Name)
			}
			seen := map[string]bool{}
			for _, record := range records[1:] {
				v := record[i]
				columns[r.Name][f.Name] = append(columns[r.Name][f.Name], v)
				switch {
				case v == "" && f.Constraints.Required:
					say("%s.%s is empty", r.Name, f.Name)
				case v == "":
				case !fieldForms[f.Type].MatchString(v):
					say("%s.%s: %q is no %s", r.Name, f.Name, v, f.Type)
				case len(f.Constraints.Enum) > 0 && !slices.Contains(f.Constraints.Enum, v):
					say("%s.%s: %q is none of %v", r.Name, f.Name, v, f.Constraints.Enum)
				case f.Constraints.Unique && seen[v]:
					say("%s.%s: %q is there twice", r.Name, f.Name, v)
				}
				seen[v] = true
			}
		}
	}
	tuples := func(resource string, fields []string) []string {
		var all []string
		for i := range columns[resource][fields[0]] {
			var tuple []string
			for _, f := range fields {
				tuple = append(tuple, strconv.Quote(columns[resource][f][i]))
			}
			all = append(all, strings.Join(tuple, ","))
		}
		return all
	}
	for _, r := range p.Resources {
		if key := r.Schema.PrimaryKey; len(key) > 0 {
			all := tuples(r.Name, key)
			slices.Sort(all)
			if n := len(slices.Compact(slices.Clone(all))); n != len(all) {
				say("%s: %d rows share their key", r.Name, len(all)-n)
			}
		}
		for _, fk := range r.Schema.ForeignKeys {
			known := tuples(fk.Reference.Resource, fk.Reference.Fields)
			for _, v := range tuples(r.Name, fk.Fields) {
				if !slices.Contains(known, v) {
					say("%s: %s is not in %s", r.Name, v, fk.Reference.Resource)
				}
			}
		}
	}
	return wrong
}

// A stranger's program that knows the specification and not this project must
// be able to read every file by its description.
func TestEveryFileIsAsTheDataPackageSays(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	shape, err := c.Compile("testdata/datapackage.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		d, files := openData(t, histories(t, pack), pack, rapid.SampledFrom([]string{"", "2026-03"}).Draw(t, "month"))
		described, err := report.DataPackage(d)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(described))
		if err != nil {
			t.Fatal(err)
		}
		if err := shape.Validate(document); err != nil {
			t.Fatalf("%v in\n%s", err, described)
		}
		if wrong := faults(described, files); len(wrong) > 0 {
			t.Fatalf("%s", strings.Join(wrong, "\n"))
		}
	})
}

// The checks above are worth something only if they find what is wrong.
func TestTheReaderOfDataPackagesFindsFaults(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	d, files := openData(t, example(t, pack), pack, "")
	described, err := report.DataPackage(d)
	if err != nil {
		t.Fatal(err)
	}
	if wrong := faults(described, files); len(wrong) > 0 {
		t.Fatalf("before anything is broken: %v", wrong)
	}
	for name, broken := range map[string]struct{ file, old, new string }{
		"a recipient without its row":   {"recipients.csv", "34.71.01.1001.003", "34.71.01.1001.004"},
		"a number that is a text":       {"commitments.csv", ",1050000,", ",banyak,"},
		"a state that does not exist":   {"commitments.csv", ",disputed,", ",hilang,"},
		"a day that is none":            {"needs.csv", "2026-02-20", "20 Februari"},
		"an empty cell where none is":   {"needs.csv", "34.71.01.1001.003:tangki", ""},
		"a delivery without commitment": {"deliveries.csv", "K-0000-001A", "K-0000-001B"},
	} {
		changed := map[string][]byte{}
		for path, body := range files {
			changed[path] = body
		}
		changed[broken.file] = bytes.ReplaceAll(files[broken.file], []byte(broken.old), []byte(broken.new))
		if bytes.Equal(changed[broken.file], files[broken.file]) {
			t.Fatalf("%s: %q is not in\n%s", name, broken.old, files[broken.file])
		}
		again, other := d, slices.Clone(d.Files)
		for i, f := range other { // an honest package of wrong rows
			body := changed[strings.TrimPrefix(f.Path, d.Folder+"/")]
			digest := sha256.Sum256(body)
			other[i].Hash, other[i].Bytes = "sha256-"+base64.StdEncoding.EncodeToString(digest[:]), int64(len(body))
		}
		again.Files = other
		described, err := report.DataPackage(again)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := faults(described, changed); len(wrong) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
}

func TestADataPackageRefusesWhatItCannotDescribe(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	d, _ := openData(t, nil, pack, "")
	for name, f := range map[string]report.Source{
		"an unknown table":           {Table: "wishes", Path: d.Folder + "/wishes.csv", Hash: d.Files[0].Hash, Type: "text/csv"},
		"a fingerprint that is none": {Table: "needs", Path: d.Folder + "/needs.csv", Hash: "md5-x", Type: "text/csv"},
	} {
		d.Files = []report.Source{f}
		if _, err := report.DataPackage(d); err == nil {
			t.Errorf("%s is described", name)
		}
	}
}

// example is a fixed small world with one commitment in dispute, one that
// lapsed, and texts that are awkward.
func example(t require, pack *region.Pack) []history {
	r := aid.Recipient{
		ID: "34.71.01.1001.003", Name: "RW 03 Pasir", Kind: "padukuhan", Area: "34.71.01.1001.003", Point: aid.Point{Lng: 110.3612345678, Lat: -7.79},
		Households: 120, People: 400, Steward: "Ibu Contoh", Address: `Jalan "Karang", Nomor 3`, Demo: true,
		Flags: []aid.Flag{{ID: "bansos", On: "2026-01-01"}}, Indicators: []aid.Indicator{{ID: "odp", Value: 2}, {ID: "pdp", Value: 1}},
	}
	clinic := aid.Recipient{ID: "34.71.02.1001-puskesmas-1", Name: "Puskesmas Ombak 🌊", Kind: "puskesmas", Area: "34.71.02.1001", Point: aid.Point{Lng: 110.999, Lat: -7.999}, Address: "rahasia", Demo: true}
	disputed := aid.Commitment{
		ID: "0198c0de-0000-7000-8000-00000000002a", Recipient: r.ID, Program: "air-bersih", State: aid.Disputed, Name: `=HYPERLINK("http://x";"y")`, Class: aid.Business, Route: aid.Aggregate,
		Aggregator: "mitra-air", Collaborator: "kolab-1", Period: aid.Period{From: "2026-03-05", To: "2026-03-20"}, Schedule: aid.Appointment{On: "2026-03-12"},
		PledgedAt: dawn, ContactedAt: dawn.Add(5 * time.Hour), SignedAt: dawn.Add(6 * time.Hour),
		Lines: []aid.Line{
			{Need: aid.NeedOf(r.ID, "tangki"), Package: "tangki", Quantity: 3, Unit: "tangki", Value: 1_050_000},
			{Free: "Ember; +tutup", Quantity: 2, Unit: "lusin", Value: 75_001, Estimated: true},
		},
		Deliveries: []aid.Delivery{{
			Number: aid.CommitmentID("0198c0de-0000-7000-8000-00000000002a").BAST(1), On: "2026-03-12", Quantities: []int64{3, 2}, ReportedAt: dawn.AddDate(0, 0, 11), ReportedBy: aid.Collaborator,
			Answer: aid.Fewer, Received: []int64{2, 2}, AnsweredAt: dawn.AddDate(0, 0, 12), Via: aid.ViaSteward,
		}},
	}
	lapsed := aid.Commitment{
		ID: "0198c0de-0000-7000-8000-00000000002b", Recipient: r.ID, Program: "air-bersih", State: aid.Lapsed, Name: "Tidak Disebut", Class: aid.Individual, Route: aid.Direct,
		Collaborator: "kolab-2", Period: aid.Period{From: "2026-03-05", To: "2026-03-20"}, PledgedAt: dawn, EndedAt: dawn.Add(48 * time.Hour),
		Lines: []aid.Line{{Need: aid.NeedOf(r.ID, "tangki"), Package: "tangki", Quantity: 1, Unit: "tangki", Value: 350_000, Equivalent: "Pompa tangan"}},
	}
	need := aid.Need{ID: aid.NeedOf(r.ID, "tangki"), Recipient: r.ID, Program: "air-bersih", Package: "tangki", Needed: 10, Committed: 1, Received: 2, Source: "dinas", ConfirmedOn: "2026-02-20", ConfirmedBy: "kelurahan"}
	return []history{
		{aid.Place{Recipient: r, Needs: []aid.Need{need}, Activity: aid.Activity{Open: 1, Pledged: 2, Lapsed: 1}}, []aid.Commitment{disputed, lapsed}},
		{place: aid.Place{Recipient: clinic}},
	}
}

// Columns, words and spelling are what others build on: any change of them is
// seen here.
func TestOpenDataAreTheGoldenFiles(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	for folder, month := range map[string]string{"living": "", "frozen": "2026-03"} {
		d, files := openData(t, example(t, pack), pack, month)
		var err error
		if files["datapackage.json"], err = report.DataPackage(d); err != nil {
			t.Fatal(err)
		}
		if files["dcat.json"], err = report.DCAT(d, "https://ksbb.example"); err != nil {
			t.Fatal(err)
		}
		files["README.md"] = report.Readme(d)
		for name, got := range files {
			golden := filepath.Join("testdata", folder, name)
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from the golden file, see what -update changes; now\n%s", golden, got)
			}
		}
	}
}

func TestARowIsAsItsSchemaSays(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	rows := rowsOf(example(t, pack), pack, true)
	rows["corrections"] = [][]any{report.CorrectionRow(report.Correction{Leaf: "34.71.01-warga", On: dawn, Reason: "r", By: "dinas"})}
	for _, table := range report.Tables {
		body, err := report.RowSchema(table)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("%v in\n%s", err, body)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource("https://ksbb.example/row.json", document); err != nil {
			t.Fatal(err)
		}
		shape, err := c.Compile("https://ksbb.example/row.json")
		if err != nil {
			t.Fatalf("%s: %v", table.Name, err)
		}
		for line := range bytes.Lines(asJSONL(t, table, rows[table.Name])) {
			row, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
			if err != nil {
				t.Fatal(err)
			}
			if err := shape.Validate(row); err != nil {
				t.Errorf("%s: %v in %s", table.Name, err, line)
			}
			delete(row.(map[string]any), table.Columns[0].Name)
			if shape.Validate(row) == nil {
				t.Errorf("%s: a row without %s is taken", table.Name, table.Columns[0].Name)
			}
		}
	}
}

// Every file of a dataset is a distribution with its own fingerprint, and what
// lies outside its folder is none of it.
func TestThePortalSeesEveryFileOnce(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	d, files := openData(t, example(t, pack), pack, "")
	d.Files = append(d.Files, report.Source{Path: "data/v1/open/34.71/recipients.csv", Hash: d.Files[0].Hash, Type: "text/csv"})
	body, err := report.DCAT(d, "https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Distribution []struct {
			Download struct {
				ID string `json:"@id"`
			} `json:"dcat:downloadURL"`
			Checksum struct {
				Value struct {
					Value string `json:"@value"`
				} `json:"spdx:checksumValue"`
			} `json:"spdx:checksum"`
		} `json:"dcat:distribution"`
	}
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Distribution) != len(files) {
		t.Errorf("%d distributions of %d files", len(out.Distribution), len(files))
	}
	for _, one := range out.Distribution {
		name := strings.TrimPrefix(one.Download.ID, "https://ksbb.example/data/v1/open/34/")
		if digest := sha256.Sum256(files[name]); one.Checksum.Value.Value != fmt.Sprintf("%x", digest) {
			t.Errorf("%s has fingerprint %s", one.Download.ID, one.Checksum.Value.Value)
		}
	}
}
