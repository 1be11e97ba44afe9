package publish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/demo"
	"ksbb/shared/publish"
	"ksbb/shared/region"
)

// jakarta publishes the whole demonstration and returns the tree with the facts
// it came from.
func jakarta(t *testing.T) (store, notes *blobtest.Memory, f *facts, pack *region.Pack) {
	t.Helper()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	listings, err := demo.Make(pack, 1, nil, "2026-05-20")
	if err != nil {
		t.Fatal(err)
	}
	f = &facts{
		leaves: map[aid.Leaf][]aid.Place{}, commitments: map[aid.RecipientID][]aid.Commitment{}, evidence: map[aid.RecipientID][]aid.Evidence{},
	}
	for _, l := range listings {
		leaf, ok := pack.Catalogue().LeafOf(l.Recipient)
		if !ok {
			t.Fatalf("no leaf for %s", l.Recipient.ID)
		}
		f.leaves[leaf] = append(f.leaves[leaf], aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity})
		f.commitments[l.Recipient.ID] = l.History
	}
	store, notes = new(blobtest.Memory), new(blobtest.Memory)
	p := publish.NewPublisher(pack, f, store, notes, []publish.Edition{{Pages: plain{}}}, 4)
	now := newWorld(pack, 1).now
	if _, err := p.Sweep(t.Context(), publish.Everyone, now); err != nil {
		t.Fatal(err)
	}
	return store, notes, f, pack
}

func TestEveryDataFileFitsItsSchema(t *testing.T) {
	t.Parallel()
	store, _, f, _ := jakarta(t)
	objects := store.Objects()
	compiler := jsonschema.NewCompiler()
	for name, o := range objects {
		if strings.HasSuffix(name, "json") && !json.Valid(o.Body) {
			t.Errorf("%s is not JSON", name)
		}
		if !strings.HasPrefix(name, "data/schemas/") {
			continue
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(o.Body))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := compiler.AddResource("https://ksbb.example/"+name, doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	schema := func(name string) *jsonschema.Schema {
		s, err := compiler.Compile("https://ksbb.example/data/schemas/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	schemas := map[string]*jsonschema.Schema{
		"manifest": schema("manifest"), "area": schema("area"), "recipients": schema("recipients"), "recipient": schema("recipient"),
		"statistics": schema("statistics"), "definitions": schema("definitions"),
		"search": schema("search"), "commitments": schema("commitments"), "shapes": schema("shapes"),
	}
	checked := map[string]int{}
	for name, o := range objects {
		kind := ""
		switch {
		case name == publish.ManifestPath:
			kind = "manifest"
		case strings.HasPrefix(name, "data/v1/areas/"):
			kind = "area"
		case strings.HasPrefix(name, "data/v1/statistics/"):
			kind = "statistics"
		case name == publish.DefinitionsPath:
			kind = "definitions"
		case strings.HasPrefix(name, "data/v1/search/"):
			kind = "search"
		case strings.HasPrefix(name, "data/v1/commitments/"):
			kind = "commitments"
		case strings.HasPrefix(name, "data/v1/shapes/"):
			kind = "shapes"
		case path.Ext(name) == ".geojson":
			kind = "recipients"
		case strings.HasPrefix(name, "data/v1/recipients/"):
			kind = "recipient"
		case strings.HasPrefix(name, "data/schemas/") || path.Ext(name) == ".html":
			continue
		case strings.HasPrefix(name, "data/v1/feed.") || strings.HasPrefix(name, "sitemap") || path.Ext(name) == ".png":
			continue // of formats that others wrote down
		default:
			t.Errorf("%s has no schema", name)
			continue
		}
		checked[kind]++
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(o.Body))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schemas[kind].Validate(doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	places := 0
	for _, leaf := range f.leaves {
		places += len(leaf)
	}
	if checked["search"] != 6+44 || checked["shapes"] != 6 || checked["commitments"] < 100 {
		t.Errorf("checked %v; want names and shapes of each kota, names of each kecamatan, and commitments", checked)
	}
	if checked["manifest"] != 1 || checked["definitions"] != 1 || checked["area"] != 1+6+44 || checked["statistics"] != 1+6+44 || checked["recipients"] != len(f.leaves) || checked["recipient"] != places {
		t.Errorf("checked %v; want 1 manifest, 1 definitions, 51 areas and statistics, %d leaves, %d recipients", checked, len(f.leaves), places)
	}
}

// What the first page says is what the facts say, added up by someone else.
func TestPublishedTotalsAreThoseOfTheFacts(t *testing.T) {
	t.Parallel()
	store, _, f, pack := jakarta(t)
	if err := publish.Check(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	var root publish.AreaFile
	o, err := store.Get(t.Context(), manifest(t, store).Root)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(o.Body, &root); err != nil {
		t.Fatal(err)
	}
	var recipients, households, needed, received int64
	for _, places := range f.leaves {
		for _, p := range places {
			recipients++
			households += p.Recipient.Households
			for _, n := range p.Needs {
				if n.Package == "sembako" {
					needed += n.Needed
					received += n.Received
				}
			}
		}
	}
	got := root.Totals
	if got.Recipients != recipients || got.Households != households || got.Packages["sembako"].Needed != needed || got.Packages["sembako"].Received != received {
		t.Errorf("root says %d recipients, %d households, %+v; facts say %d, %d, needed %d received %d",
			got.Recipients, got.Households, got.Packages["sembako"], recipients, households, needed, received)
	}
	if recipients < 3000 || received == 0 {
		t.Errorf("the demonstration has %d recipients and %d packages received", recipients, received)
	}
	if len(root.Children) != len(pack.Children(pack.Root)) {
		t.Errorf("root lists %d kota", len(root.Children))
	}
}

// Nobody who took a promise back, never proved it or let it lapse can be told
// from a public file.
func TestOnlyCountingCommitmentsArePublic(t *testing.T) {
	t.Parallel()
	store, _, f, _ := jakarta(t)
	hidden := 0
	for id, commitments := range f.commitments {
		o, err := store.Get(t.Context(), "data/v1/recipients/"+string(id)+".json")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range commitments {
			if !c.State.Counts() {
				hidden++
			}
			if got := bytes.Contains(o.Body, []byte(c.ID)); got != c.State.Counts() {
				t.Errorf("commitment %s is %s; public: %v", c.ID, c.State, got)
			}
			if c.Collaborator != "" && bytes.Contains(o.Body, []byte(c.Collaborator)) {
				t.Errorf("recipient %s names the collaborator's key", id)
			}
		}
	}
	if hidden == 0 {
		t.Error("no commitment of the demonstration was withdrawn or lapsed: nothing was tested")
	}
}

// metered counts the reads of facts.
type metered struct {
	*facts
	leaves, histories int
}

func (m *metered) Leaf(ctx context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	m.leaves++
	return m.facts.Leaf(ctx, leaf)
}

func (m *metered) History(ctx context.Context, id aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	m.histories++
	return m.facts.History(ctx, id)
}

// Five thousand UMKM in one kecamatan leave the leaf of its RW as it was: a
// change of an RW reads and writes the same, and no leaf outgrows the 1 MB that
// one query of DynamoDB returns.
func TestFiveThousandUMKMDoNotSlowAnRW(t *testing.T) {
	t.Parallel()
	const kecamatan = "31.73.01"
	type cost struct{ leaves, histories, gets, puts int }
	measure := func(umkm int) cost {
		store, notes, f, pack := jakarta(t)
		kelurahan := pack.Children(kecamatan)
		for i := range umkm {
			k := kelurahan[i%len(kelurahan)]
			r := aid.Recipient{
				ID: aid.RecipientID(fmt.Sprintf("%s-umkm-%04d", k.Code, 1000+i)), Name: fmt.Sprintf("UMKM Contoh %d", i), Kind: "umkm",
				Area: k.Code, Point: k.Point, People: 3, Steward: "Ibu Contoh Mawar", Address: "Jalan Contoh 1", Demo: true,
			}
			leaf, ok := pack.Catalogue().LeafOf(r)
			if !ok {
				t.Fatal("no leaf for an UMKM")
			}
			p := pack.PackagesOf("umkm")[0]
			f.leaves[leaf] = append(f.leaves[leaf], aid.Place{Recipient: r, Needs: []aid.Need{
				{ID: aid.NeedOf(r.ID, p.ID), Recipient: r.ID, Program: p.Program, Package: p.ID, Needed: 1, ConfirmedOn: "2026-05-01"},
			}})
		}
		m := &metered{facts: f}
		p := publish.NewPublisher(pack, m, store, notes, []publish.Edition{{Pages: plain{}}}, 1)
		now := newWorld(pack, 1).now
		if _, err := p.Sweep(t.Context(), publish.Everyone, now); err != nil {
			t.Fatal(err)
		}
		for name, o := range store.Objects() {
			if path.Ext(name) == ".geojson" && len(o.Body) > 1<<20 {
				t.Errorf("%s has %d bytes", name, len(o.Body))
			}
		}
		leaf := aid.Leaf{Area: kecamatan, Group: "umum"}
		rw := &f.leaves[leaf][0]
		rw.Activity.Rev++
		gets, puts := store.Gets, store.Puts
		m.leaves, m.histories = 0, 0
		if _, err := p.Publish(t.Context(), mark(leaf, rw), now.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		return cost{m.leaves, m.histories, store.Gets - gets, store.Puts - puts}
	}
	few, many := measure(0), measure(5_000)
	if few != many {
		t.Errorf("a change of an RW costs %+v, and %+v with 5,000 UMKM", few, many)
	}
	if few.leaves != 1 || few.histories != 1 {
		t.Errorf("a change of an RW reads %+v; want its leaf once, and its history once", few)
	}
}

// Whoever reads a schema is told what every member is.
func TestEveryMemberOfASchemaIsDescribed(t *testing.T) {
	t.Parallel()
	w, _ := started(t)
	seen := 0
	var walk func(at string, schema any)
	walk = func(at string, schema any) {
		o, ok := schema.(map[string]any)
		if !ok {
			return
		}
		members, _ := o["properties"].(map[string]any)
		for name, member := range members {
			seen++
			if text, _ := member.(map[string]any)["description"].(string); text == "" {
				t.Errorf("%s.%s has no description", at, name)
			}
			walk(at+"."+name, member)
		}
		walk(at+"[]", o["items"])
		walk(at+"{}", o["additionalProperties"])
		defs, _ := o["$defs"].(map[string]any)
		for name, def := range defs {
			walk(at+"#"+name, def)
		}
	}
	for name, o := range w.store.Objects() {
		if !strings.HasPrefix(name, "data/schemas/") {
			continue
		}
		var schema any
		if err := json.Unmarshal(o.Body, &schema); err != nil {
			t.Fatal(err)
		}
		walk(path.Base(name), schema)
	}
	if seen < 200 {
		t.Errorf("%d members seen", seen)
	}
}
