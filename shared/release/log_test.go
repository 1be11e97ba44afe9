package release_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
	"ksbb/shared/release"
)

// records reads the whole log, the oldest record first.
func (x *tree) records(t *testing.T) (lines [][]byte, all []release.Record, newest publish.LogRef) {
	t.Helper()
	var m publish.Manifest
	x.read(t, publish.ManifestPath, &m)
	if m.Log == nil {
		t.Fatal("the manifest names no log")
	}
	for ref := m.Log; ref != nil; {
		o, err := x.store.Get(t.Context(), ref.Path)
		if err != nil {
			t.Fatal(err)
		}
		day := bytes.Split(bytes.TrimSpace(o.Body), []byte("\n"))
		var h release.Header
		if err := json.Unmarshal(day[0], &h); err != nil {
			t.Fatal(err)
		}
		lines = append(append([][]byte{}, day[1:]...), lines...)
		ref = h.Previous
	}
	for _, line := range lines {
		var r release.Record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return lines, all, *m.Log
}

// The head is reckoned here as the package comment and the schema say, with
// nothing of the package's own code.
func TestAnyoneCanReckonTheHeadOfTheLog(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[1])
	got := x.run(t, nights[3])
	lines, records, newest := x.records(t)
	head := make([]byte, 32)
	for i, line := range lines {
		leaf := sha256.Sum256(append([]byte{0x00}, line...))
		sum := sha256.Sum256(append(append([]byte{0x01}, head...), leaf[:]...))
		head = sum[:]
		if records[i].N != int64(i)+1 {
			t.Fatalf("record %d has number %d", i+1, records[i].N)
		}
	}
	if want := "sha256-" + base64.StdEncoding.EncodeToString(head); newest.Head != want || newest.Last != int64(len(lines)) || newest.Day != "2026-06-01" {
		t.Errorf("the manifest says %+v; the %d records come to %s", newest, len(lines), want)
	}
	if n, err := release.Verify(t.Context(), x.store); err != nil || n != int64(len(lines)) || got.Records != n {
		t.Errorf("Verify = %d, %v; the run says %d", n, err, got.Records)
	}
}

// The log tells every step once, in order, with what it was about.
func TestTheLogTellsWhatHappened(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.facts.correct(rand.New(rand.NewPCG(1, 1)), nights[1].Add(time.Hour))
	x.run(t, nights[3])
	_, records, _ := x.records(t)
	var want, corrections int
	for _, all := range x.facts.commitments {
		for _, c := range all {
			for _, e := range c.Log {
				if e.At.Before(nights[3].Add(-20 * time.Minute)) {
					want++
				}
			}
		}
	}
	pledged := false
	for i, r := range records {
		if i > 0 && r.At < records[i-1].At {
			t.Errorf("record %d is older than the one before", r.N)
		}
		switch r.What {
		case "correction":
			corrections++
			if r.By != "kelurahan" || r.Leaf == "" || r.Commitment != "" {
				t.Errorf("correction %+v", r)
			}
		case "verify":
			pledged = true
			if r.Step != 1 || len(r.Lines) != 2 || r.Value != 1_840_001 || r.Lines[1].Unit != "" || r.Lines[1].Package != "" {
				t.Errorf("pledge %+v", r)
			}
		case "report":
			if r.Delivery == 0 || len(r.Quantities) != 2 {
				t.Errorf("report %+v", r)
			}
		case "receive":
			if r.Delivery == 0 || len(r.Received) != 2 {
				t.Errorf("receipt %+v", r)
			}
		}
	}
	if len(records)-corrections != want || corrections != 1 || !pledged {
		t.Errorf("%d records, %d of them corrections; want %d steps and a correction", len(records), corrections, want)
	}
}

// Whoever knows a public name and its salt finds the giver's records, and
// nobody else.
func TestTheGiverIsAHashOfSaltAndName(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[3])
	_, records, _ := x.records(t)
	who := map[string]string{}
	for _, r := range records {
		if r.What == "verify" {
			who[r.Commitment] = r.Who
		}
	}
	found := 0
	for _, all := range x.facts.commitments {
		for _, c := range all {
			if who[c.ID.Number()] == "" {
				continue
			}
			found++
			if want := hashOf([]byte(c.Salt + c.Name)); who[c.ID.Number()] != want {
				t.Errorf("%s is %s; want %s", c.ID.Number(), who[c.ID.Number()], want)
			}
		}
	}
	if found == 0 {
		t.Error("no record has a giver")
	}
	// A giver who was forgotten before the log was written stands in it nowhere.
	y := newTree(t)
	for id, all := range y.facts.commitments {
		for i := range all {
			y.facts.commitments[id][i].Name, y.facts.commitments[id][i].Salt = "", ""
		}
	}
	y.run(t, nights[3])
	_, records, _ = y.records(t)
	for _, r := range records {
		if r.Who != "" {
			t.Fatalf("record %+v has a giver", r)
		}
	}
}

// What becomes known after its day was logged is told on the next, once.
func TestWhatComesLateIsToldWithItsOwnInstant(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[1])
	at := nights[1].Add(-3 * time.Hour)
	leaf, p := x.facts.any(rand.New(rand.NewPCG(3, 3)))
	c := x.facts.pledge(leaf, *p, at)
	x.facts.book(p, append(x.facts.commitments[p.Recipient.ID], c))
	x.run(t, nights[2])
	x.run(t, nights[3])
	_, records, _ := x.records(t)
	told := 0
	for _, r := range records {
		if r.Commitment == c.ID.Number() {
			told++
			if r.At != at.Format("2006-01-02T15:04:05.000Z") {
				t.Errorf("told at %s; want %s", r.At, at)
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times; want once", told)
	}
	if _, err := release.Verify(t.Context(), x.store); err != nil {
		t.Error(err)
	}
}

// The manifest may be lost and made anew without its log; the chain goes on.
func TestALostManifestDoesNotForkTheLog(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[1])
	_, _, before := x.records(t)
	x.store.Lose(publish.ManifestPath)
	if err := published(t.Context(), x.store); err != nil {
		t.Fatal(err)
	}
	x.run(t, nights[3])
	_, records, after := x.records(t)
	if after.Last <= before.Last || int64(len(records)) != after.Last {
		t.Errorf("the log ended with %d, now %d records end with %d", before.Last, len(records), after.Last)
	}
	if _, err := release.Verify(t.Context(), x.store); err != nil {
		t.Error(err)
	}
}

// changed is a store in which somebody changed what is read.
type changed struct {
	publish.Store
	path   string
	change func([]byte) []byte
}

func (c changed) Get(ctx context.Context, path string) (publish.Object, error) {
	o, err := c.Store.Get(ctx, path)
	if path == c.path {
		o.Body = c.change(bytes.Clone(o.Body))
	}
	return o, err
}

func TestVerifyFindsWhatWasChanged(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[1])
	x.run(t, nights[3])
	var m publish.Manifest
	x.read(t, publish.ManifestPath, &m)
	o, err := x.store.Get(t.Context(), m.Log.Path)
	if err != nil {
		t.Fatal(err)
	}
	var h release.Header
	if err := json.Unmarshal(bytes.SplitN(o.Body, []byte("\n"), 2)[0], &h); err != nil || h.Previous == nil {
		t.Fatalf("header %+v, %v", h, err)
	}
	manifest := func(change func(*publish.LogRef)) func([]byte) []byte {
		return func(body []byte) []byte {
			var m publish.Manifest
			if err := json.Unmarshal(body, &m); err != nil {
				t.Fatal(err)
			}
			change(m.Log)
			body, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			return body
		}
	}
	// rehashed makes the manifest agree with a changed newest file.
	for name, c := range map[string]changed{
		"a record":           {path: m.Log.Path, change: func(b []byte) []byte { return bytes.Replace(b, []byte(`"n":`), []byte(`"n":1`), 1) }},
		"an older record":    {path: h.Previous.Path, change: func(b []byte) []byte { return bytes.Replace(b, []byte("verify"), []byte("report"), 1) }},
		"a record left out":  {path: m.Log.Path, change: func(b []byte) []byte { return b[:bytes.LastIndexByte(b[:len(b)-1], '\n')+1] }},
		"the head":           {path: publish.ManifestPath, change: manifest(func(l *publish.LogRef) { l.Head = h.Previous.Head })},
		"the last number":    {path: publish.ManifestPath, change: manifest(func(l *publish.LogRef) { l.Last++ })},
		"the day":            {path: publish.ManifestPath, change: manifest(func(l *publish.LogRef) { l.Day = "2026-06-02" })},
		"the file it names":  {path: publish.ManifestPath, change: manifest(func(l *publish.LogRef) { l.Path = h.Previous.Path })},
		"no head of a chain": {path: publish.ManifestPath, change: manifest(func(l *publish.LogRef) { l.Head = "sha256-" })},
	} {
		c.Store = x.store
		if n, err := release.Verify(t.Context(), c); err == nil {
			t.Errorf("%s was changed and %d records were verified", name, n)
		}
	}
	// A file rewritten with a hash that fits is given away by the chain.
	body := bytes.Replace(o.Body, []byte(`"by":"collaborator"`), []byte(`"by":"officer"`), 1)
	forged := changed{Store: x.store, path: m.Log.Path, change: func([]byte) []byte { return body }}
	twice := changed{Store: forged, path: publish.ManifestPath, change: manifest(func(l *publish.LogRef) { l.Hash = hashOf(body) })}
	if _, err := release.Verify(t.Context(), twice); err == nil || !strings.Contains(err.Error(), "head is") {
		t.Errorf("a forged file = %v", err)
	}
	x.store.Lose(h.Previous.Path)
	if _, err := release.Verify(t.Context(), x.store); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("a lost day = %v", err)
	}
}
