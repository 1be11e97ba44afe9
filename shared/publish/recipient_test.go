package publish_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/tally"
)

// lived returns a world in which much has happened and was published.
func lived(t *testing.T, seed uint64, changes int) *world {
	t.Helper()
	w := newWorld(regiontest.Tiny(t), seed)
	for range changes {
		w.facts.change(w.rng, w.now, w.pack.Catalogue())
		w.now = w.now.Add(20 * time.Minute)
	}
	if err := complete(t.Context(), publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2), w.now); err != nil {
		t.Fatal(err)
	}
	return w
}

// recipient reads a recipient's published file.
func recipient(t *testing.T, w *world, id aid.RecipientID) (f publish.RecipientFile, body []byte) {
	t.Helper()
	o, err := w.store.Get(t.Context(), "data/v1/recipients/"+string(id)+".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(o.Body, &f); err != nil {
		t.Fatal(err)
	}
	return f, o.Body
}

// Simulated ledgers prove something only if everything that can happen to a
// commitment happens in them.
func TestSimulatedLivesReachEveryState(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for seed := range uint64(100) {
		w := newWorld(regiontest.Tiny(t), seed)
		for range 60 {
			w.facts.change(w.rng, w.now, w.pack.Catalogue())
			w.now = w.now.Add(20 * time.Minute)
		}
		for _, all := range w.facts.commitments {
			for _, c := range all {
				seen[string(c.State)] = true
				for _, d := range c.Deliveries {
					seen["answered "+string(d.Answer)+" via "+string(d.Via)] = true
					if !d.SettledAt.IsZero() {
						seen["settled"] = true
					}
					if d.ReportedBy == aid.Steward {
						seen["received before any report"] = true
					}
				}
				if !c.ReleasedAt.IsZero() {
					seen["released"] = true
				}
				if c.Renewed {
					seen["renewed"] = true
				}
				if !c.ForgottenAt.IsZero() {
					seen["forgotten"] = true
				}
			}
		}
	}
	want := []string{"settled", "released", "renewed", "forgotten", "answered  via "}
	for _, s := range aid.States {
		if s.Counts() || s == aid.Lapsed || s == aid.Withdrawn {
			want = append(want, string(s))
		}
	}
	for _, answer := range []aid.Answer{aid.Full, aid.Fewer, aid.None} {
		for _, via := range []aid.Via{aid.ViaSteward, aid.ViaHandover, aid.ViaBAST, aid.ViaOfficer} {
			want = append(want, fmt.Sprintf("answered %s via %s", answer, via))
		}
	}
	for _, s := range want {
		if !seen[s] {
			t.Errorf("no simulated commitment was ever %s; seen %v", s, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// Whoever adds up the commitments of a recipient's file finds the figures of
// its needs.
func TestACommitmentsLinesAddUpToTheNeeds(t *testing.T) {
	t.Parallel()
	added := 0
	for seed := range uint64(10) {
		w := lived(t, seed, 60)
		for id := range w.facts.commitments {
			f, _ := recipient(t, w, id)
			sum := map[aid.NeedID]aid.Counts{}
			for _, c := range f.Commitments {
				for i, l := range c.Lines {
					sum[l.Need] = sum[l.Need].Plus(aid.Counts{Committed: l.Committed, Delivered: l.Delivered, Received: l.Received})
					var answered int64
					for _, d := range c.Deliveries {
						if len(d.Received) > 0 {
							answered += d.Received[i]
						}
					}
					if answered != l.Received {
						t.Errorf("%s line %d: received %d, its deliveries say %d", c.Number, i, l.Received, answered)
					}
					added++
				}
			}
			for _, n := range f.Needs {
				if got := (aid.Counts{Committed: n.Committed, Delivered: n.Delivered, Received: n.Received}); got != sum[n.ID] {
					t.Errorf("need %s says %+v, its commitments %+v", n.ID, got, sum[n.ID])
				}
			}
		}
	}
	if added < 100 {
		t.Errorf("only %d lines were added up", added)
	}
}

func TestNothingPrivateIsInARecipientsFile(t *testing.T) {
	t.Parallel()
	ended, forgotten := 0, 0
	for seed := range uint64(10) {
		w := lived(t, seed, 60)
		for id, all := range w.facts.commitments {
			f, body := recipient(t, w, id)
			for _, c := range all {
				if bytes.Contains(body, []byte(c.Collaborator)) {
					t.Errorf("%s names the collaborator's key", id)
				}
				if !c.State.Counts() {
					ended++
					if bytes.Contains(body, []byte(c.ID)) {
						t.Errorf("%s tells the id of a commitment that is %s", id, c.State)
					}
				}
				for _, d := range c.Deliveries {
					if bytes.Contains(body, []byte(`"`+d.ID+`"`)) {
						t.Errorf("%s tells the id of a delivery", id)
					}
				}
				if !c.ForgottenAt.IsZero() {
					forgotten++
				}
			}
			for _, private := range []string{`"silent"`, `"forget"`, `"withdraw"`} {
				if bytes.Contains(body, []byte(private)) {
					t.Errorf("%s tells the step %s", id, private)
				}
			}
			if got, want := len(f.Ended), len(all)-len(f.Commitments); got != want {
				t.Errorf("%s lists %d ended commitments, want %d", id, got, want)
			}
		}
	}
	if ended == 0 || forgotten == 0 {
		t.Errorf("%d ended and %d forgotten commitments: nothing was tested", ended, forgotten)
	}
}

func TestOnlyCheckedFilesHaveAFingerprint(t *testing.T) {
	t.Parallel()
	seen := map[aid.EvidenceState]int{}
	for seed := range uint64(10) {
		w := lived(t, seed, 60)
		for id, files := range w.facts.evidence {
			_, body := recipient(t, w, id)
			for _, e := range files {
				i := slices.IndexFunc(w.facts.commitments[id], func(c aid.Commitment) bool { return c.ID == e.Commitment })
				if !w.facts.commitments[id][i].State.Counts() {
					continue
				}
				seen[e.State]++
				if got, want := bytes.Contains(body, []byte(e.Fingerprint())), e.State == aid.EvidenceAccepted; got != want {
					t.Errorf("fingerprint of a file that is %s published: %v", e.State, got)
				}
			}
		}
	}
	if seen[aid.EvidenceAccepted] == 0 || seen[aid.EvidenceAwaited] == 0 || seen[aid.EvidenceRefused] == 0 {
		t.Errorf("files seen: %v", seen)
	}
}

// A scan that was uploaded and named in no report is the commitment's own; a
// photo that was not is nobody's business yet.
func TestAFileThatNoReportNamesIsTheCommitments(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	leaf, place := w.someLeaf()
	c := w.facts.pledge(leaf, *place, w.now, w.pack.Catalogue())
	w.facts.book(place, []aid.Commitment{c})
	id := place.Recipient.ID
	for i, kind := range []aid.EvidenceKind{aid.EvidenceBAST, aid.EvidencePhoto, aid.EvidenceStatement} {
		w.facts.evidence[id] = append(w.facts.evidence[id], aid.Evidence{
			ID: aid.EvidenceID(kind), Commitment: c.ID, Kind: kind, State: aid.EvidenceAccepted, SHA256: fmt.Sprintf("%064x", i),
		})
	}
	place.Activity.Rev++
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	f, _ := recipient(t, w, id)
	want := []string{fmt.Sprintf("sha256-%064x", 0), fmt.Sprintf("sha256-%064x", 2)}
	if len(f.Commitments) != 1 || !slices.Equal(f.Commitments[0].Fingerprints, want) {
		t.Errorf("published %+v, want the fingerprints %v", f.Commitments, want)
	}
}

// turn is one move of a story, with what it makes of the commitment.
type turn struct {
	name string
	make func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error)
	want aid.Counts
}

// Whatever two people do to a promise by the rules, its area is published: no
// figure that they can move is held back by the guard, even where it is the only
// promise of its kecamatan.
func TestNoHonestMoveIsHeldBack(t *testing.T) {
	t.Parallel()
	report := func(id aid.DeliveryID, n int64) func(aid.Commitment, time.Time, *aid.Catalogue) (aid.Commitment, error) {
		return func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
			return c.Reported(aid.DeliveryReport{ID: id, On: aid.DayOf(now, cat.Zone), Quantities: []int64{n, 0}}, now, cat)
		}
	}
	answer := func(id aid.DeliveryID, a aid.Answer, n int64, via aid.Via) func(aid.Commitment, time.Time, *aid.Catalogue) (aid.Commitment, error) {
		return func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
			return c.ReceivedAs(aid.ReceiptAnswer{Delivery: id, Answer: a, Quantities: []int64{n, 0}, Via: via}, now, cat)
		}
	}
	lapse := func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
		for c.State != aid.Lapsed {
			next, _, _, ok := c.Elapsed(c.DueAt, cat)
			if !ok {
				return c, fmt.Errorf("%s does not lapse", c.State)
			}
			c = next
		}
		return c, nil
	}
	sign := func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
		return c.SignedAs(fmt.Sprintf("sha256-%064x", 1), now, cat)
	}
	for _, story := range [][]turn{
		{
			{"sign", sign, aid.Counts{Committed: 5}},
			{"report all", report("a", 5), aid.Counts{Delivered: 5}},
			{"confirm by code", answer("a", aid.Full, 0, aid.ViaBAST), aid.Counts{Received: 5}},
			{"corrected by the steward", answer("a", aid.None, 0, aid.ViaSteward), aid.Counts{Committed: 5}},
			{"settle", func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
				return c.SettledAs("a", nil, aid.Collaborator, now, cat)
			}, aid.Counts{Committed: 5}},
		}, {
			{"sign", sign, aid.Counts{Committed: 5}},
			{"report a part", report("a", 3), aid.Counts{Committed: 2, Delivered: 3}},
			{"receive fewer", answer("a", aid.Fewer, 1, aid.ViaSteward), aid.Counts{Committed: 4, Received: 1}},
			{"release", func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
				return c.WithdrawnFor("cannot_deliver", aid.Collaborator, now, cat)
			}, aid.Counts{Committed: 2, Received: 1}},
		}, {
			{"lapse", lapse, aid.Counts{}},
			{"renew", func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
				return c.RenewedAt(now, cat)
			}, aid.Counts{Committed: 5}},
			{"lapse again", lapse, aid.Counts{}},
		},
	} {
		w, p := started(t)
		leaf, place := w.someLeaf()
		c := w.facts.pledge(leaf, *place, w.now, w.pack.Catalogue())
		for _, s := range append([]turn{{"pledge", func(c aid.Commitment, _ time.Time, _ *aid.Catalogue) (aid.Commitment, error) { return c, nil }, aid.Counts{Committed: 5}}}, story...) {
			var err error
			if c, err = s.make(c, w.now, w.pack.Catalogue()); err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			w.facts.book(place, []aid.Commitment{c})
			place.Activity.Rev++
			w.now = w.now.Add(time.Minute)
			r, err := p.Publish(t.Context(), mark(leaf, place), w.now)
			if err != nil || len(r.Refused) > 0 {
				t.Errorf("%s: refused %v, %v", s.name, r.Refused, err)
			}
			n := totals(t, w).Packages[place.Needs[0].Package]
			if got := (aid.Counts{Committed: n.Committed, Delivered: n.Delivered, Received: n.Received}); got != s.want {
				t.Errorf("after %q the province says %+v, want %+v", s.name, got, s.want)
			}
		}
	}
}

// A ledger that lost a place's commitments looks like one to which nothing was
// promised. Nothing else of the area's figures need fall.
func TestGuardFindsLostCommitments(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	leaf, place := w.someLeaf()
	w.facts.book(place, []aid.Commitment{w.facts.pledge(leaf, *place, w.now, w.pack.Catalogue())})
	place.Activity.Rev++
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	w.facts.book(place, nil)
	place.Activity.Rev++
	r, err := p.Publish(t.Context(), mark(leaf, place), w.now)
	if err != nil || len(r.Refused) == 0 {
		t.Errorf("refused %v, %v; want the kecamatan", r.Refused, err)
	}
}

// "Sudah cukup" lowers what is needed by as much as remains. The steward's word
// is recorded as a correction, so it is published.
func TestEnoughIsPublished(t *testing.T) {
	t.Parallel()
	w, _ := started(t)
	leaf, place := w.someLeaf()
	s := table.NewMemory()
	var listings []aid.Listing
	for _, places := range w.facts.leaves {
		for _, p := range places {
			listings = append(listings, aid.Listing{Recipient: p.Recipient, Needs: p.Needs, Activity: p.Activity})
		}
	}
	if err := s.Load(t.Context(), listings, w.pack.Catalogue(), w.now); err != nil {
		t.Fatal(err)
	}
	p := publish.NewPublisher(w.pack, s, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
	need := place.Needs[0]
	if err := s.ConfirmNeed(t.Context(), leaf, need.ID, false, "2026-05-20", "ketua RW", w.now); err != nil {
		t.Fatal(err)
	}
	r, err := p.Publish(t.Context(), mark(leaf, place), w.now)
	if err != nil || len(r.Refused) > 0 {
		t.Fatalf("refused %v, %v", r.Refused, err)
	}
	if f, _ := recipient(t, w, place.Recipient.ID); f.Needs[0].Needed != 0 || f.Needs[0].Remaining != 0 {
		t.Errorf("published %+v, want nothing needed any more", f.Needs[0])
	}
	// The sweeps of that day accept it as well, even over a tree that never heard of it.
	if r, err := p.Sweep(t.Context(), publish.Everyone, w.now.Add(time.Hour)); err != nil || len(r.Refused) > 0 {
		t.Errorf("sweep refused %v, %v", r.Refused, err)
	}
}

// A place that was listed twice leads to the one that stays, in its data as on its
// page.
func TestAMergedPlaceSaysWhichItIs(t *testing.T) {
	t.Parallel()
	w, _ := started(t)
	leaf, place := w.someLeaf()
	twin := place.Recipient
	twin.ID += "9"
	s := table.NewMemory()
	listings := []aid.Listing{{Recipient: twin}}
	for _, places := range w.facts.leaves {
		for _, p := range places {
			listings = append(listings, aid.Listing{Recipient: p.Recipient, Needs: p.Needs, Activity: p.Activity})
		}
	}
	if err := s.Load(t.Context(), listings, w.pack.Catalogue(), w.now); err != nil {
		t.Fatal(err)
	}
	known, _, err := s.Place(t.Context(), twin.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CloseRecipient(t.Context(), table.Closing{Recipient: known.Recipient, Leaf: leaf, Closed: true, Into: place.Recipient.ID, By: aid.StaffAssessor, At: w.now}); err != nil {
		t.Fatal(err)
	}
	p := publish.NewPublisher(w.pack, s, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
	if _, err := p.Publish(t.Context(), mark(leaf, &known), w.now); err != nil {
		t.Fatal(err)
	}
	f, body := recipient(t, w, twin.ID)
	if !f.Closed || f.Into != place.Recipient.ID {
		t.Errorf("published %s; want it to lead to %s", body, place.Recipient.ID)
	}
	text, err := os.ReadFile("schemas/recipient.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://ksbb.example/recipient.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("https://ksbb.example/recipient.json")
	if err == nil {
		err = compiled.Validate(doc)
	}
	if err != nil {
		t.Error(err)
	}
	if _, body := recipient(t, w, place.Recipient.ID); bytes.Contains(body, []byte(`"into"`)) {
		t.Errorf("the one that stays leads somewhere: %s", body)
	}
}

// The hours of an area are those of its commitments, whatever path they took
// upwards.
func TestAreasSayHowSoonPeopleSpoke(t *testing.T) {
	t.Parallel()
	w := lived(t, 7, 80)
	o, err := w.store.Get(t.Context(), manifest(t, &w.store).Root)
	if err != nil {
		t.Fatal(err)
	}
	var root struct {
		Contact struct {
			Pledged, Lapsed, Contacted int64
			LapseShare                 *float64
			MedianHours                *int
			Hours                      map[int]int64
		}
		Coverage struct {
			HouseholdDays int64
			Share         *float64
		}
	}
	if err := json.Unmarshal(o.Body, &root); err != nil {
		t.Fatal(err)
	}
	var all []aid.Commitment
	for _, c := range w.facts.commitments {
		all = append(all, c...)
	}
	sum := aid.StandingOf(all)
	c := root.Contact
	if c.Pledged != sum.Pledged || c.Lapsed != sum.Lapsed || !maps.Equal(c.Hours, sum.Hours) {
		t.Errorf("the province says %+v, its commitments %+v", c, sum)
	}
	if c.Contacted == 0 || c.MedianHours == nil || c.LapseShare == nil || root.Coverage.Share == nil {
		t.Errorf("the province says %+v, %+v; want figures", c, root.Coverage)
	}
}

// totals returns what the province says.
func totals(t *testing.T, w *world) tally.Totals {
	t.Helper()
	o, err := w.store.Get(t.Context(), manifest(t, &w.store).Root)
	if err != nil {
		t.Fatal(err)
	}
	var root publish.AreaFile
	if err := json.Unmarshal(o.Body, &root); err != nil {
		t.Fatal(err)
	}
	return root.Totals
}
