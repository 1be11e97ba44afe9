package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/web/webtest"
)

// The recipients of the tiny region that the stories are about.
const (
	pasir = aid.RecipientID("34.71.01.1001.001") // needs 10 tangki and 100 galon for 40 households
	batu  = aid.RecipientID("34.71.01.1002.001") // needs 2 tangki
)

var dukuh = aid.Contact{Name: "Dukuh Contoh", Phone: "+628110000001", Email: "dukuh@contoh.invalid"}

// siti is who promises, unless a story says otherwise.
var siti = aid.Contact{Name: "Siti Contoh", Phone: "+6281200000000", Email: "siti@contoh.invalid"}

// world is the function behind its gateway, with a clock that a story moves.
type world struct {
	*webtest.Caller
	store  tabletest.Store
	server *server
	pack   *region.Pack
	key    []byte
	dump   func() string // everything that is stored

	mu  sync.Mutex
	now time.Time
}

func listing(r aid.RecipientID, name string, tangki int64) aid.Listing {
	return aid.Listing{
		Recipient: aid.Recipient{
			ID: r, Name: name, Kind: "padukuhan", Area: area.Code(r), Point: aid.Point{Lng: 110.36, Lat: -7.785}, Households: 40, Steward: "Dukuh Contoh",
		},
		Needs:   []aid.Need{{ID: aid.NeedOf(r, "tangki"), Recipient: r, Program: "air-bersih", Package: "tangki", Needed: tangki, ConfirmedOn: "2025-08-01"}},
		Steward: dukuh,
	}
}

// newWorld opens a world at noon of 2025-09-10 in its own time zone.
func newWorld(t *testing.T, store tabletest.Store, dump func() string) *world {
	t.Helper()
	w := &world{store: store, dump: dump, pack: regiontest.Tiny(t), now: time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)}
	w.server = &server{store: store, pack: w.pack, region: catalogue.New(w.pack, store, w.clock), now: w.clock}
	first := listing(pasir, "Padukuhan 001 Pasir", 10)
	first.Needs = append(first.Needs, aid.Need{ID: aid.NeedOf(pasir, "galon"), Recipient: pasir, Program: "air-bersih", Package: "galon", Needed: 100, ConfirmedOn: "2025-09-01"})
	if err := store.Load(t.Context(), []aid.Listing{first, listing(batu, "Padukuhan 001 Batu", 2)}, w.pack.Catalogue(), w.now); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.key, err = store.Key(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Caller = webtest.New(t, w.server.handler())
	return w
}

// eachStore tells a story on the memory model and on a real engine.
func eachStore(t *testing.T, story func(*world)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		m := table.NewMemory()
		story(newWorld(t, m, func() string { return fmt.Sprintf("%+v", m) }))
	})
	t.Run("engine", func(t *testing.T) {
		t.Parallel()
		db := tabletest.Engine(t)
		ledger, private := tabletest.Tables(t, db)
		story(newWorld(t, table.New(db, ledger, private), func() string { return tabletest.Dump(t, db, ledger, private) }))
	})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass moves the clock.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

type object = map[string]any

// steward returns the steward's own link.
func (w *world) steward(r aid.RecipientID) string { return aid.StewardSecret(w.key, r, 1) }

// handover returns the link that a collaborator hands over.
func (w *world) handover(id aid.CommitmentID) string {
	w.Helper()
	secret, err := aid.HandoverSecret(w.key, id, handoverVersion)
	if err != nil {
		w.Fatal(err)
	}
	return secret
}

func path(id aid.CommitmentID) string { return "/v1/steward/commitments/" + string(id) }

// pledge promises n tangki and m galon to a recipient, on behalf of who.
func (w *world) pledge(r aid.RecipientID, n, m int64, who aid.Contact) aid.CommitmentID {
	w.Helper()
	id := w.submit(r, n, m, who)
	w.does(id, aid.Verify, func(c aid.Commitment) (aid.Commitment, error) { return c.Verified(w.clock(), w.pack.Catalogue()) })
	return id
}

func (w *world) submit(r aid.RecipientID, n, m int64, who aid.Contact) aid.CommitmentID {
	w.Helper()
	id := aid.CommitmentID(webtest.UUID(w.T))
	var lines []aid.Line
	for _, l := range []aid.Line{{Need: aid.NeedOf(r, "tangki"), Package: "tangki", Unit: "tangki", Quantity: n}, {Need: aid.NeedOf(r, "galon"), Package: "galon", Unit: "galon", Quantity: m}} {
		if l.Quantity > 0 {
			lines = append(lines, l)
		}
	}
	_, _, err := w.store.Submit(w.Context(), table.Submission{
		Commitment: aid.Commitment{
			ID: id, Recipient: r, Leaf: aid.Leaf{Area: "34.71.01", Group: "warga"}, Program: "air-bersih", Lines: lines,
			Period: aid.Period{From: "2025-09-10", To: "2025-09-20"}, Route: aid.Direct, Name: who.Name, Class: aid.Individual,
			Collaborator: aid.CollaboratorOf(w.key, who.Email), State: aid.Submitted, Version: 1, SubmittedAt: w.clock(), VerifyBy: w.clock().Add(12 * time.Hour),
		},
		Credential:  aid.Credential{Commitment: id, Recipient: r, Contact: who, Language: "id", SecretVersion: 1, SecretHash: []byte("x"), CodeHash: []byte("y")},
		Fingerprint: string(id), ChallengeID: string(id), ChallengeExpires: w.clock(),
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// does moves a commitment, as the other side or time would.
func (w *world) does(id aid.CommitmentID, m aid.Move, rule func(aid.Commitment) (aid.Commitment, error)) {
	w.Helper()
	if err := w.tries(id, m, rule); err != nil {
		w.Fatalf("%s: %v", m, err)
	}
}

func (w *world) tries(id aid.CommitmentID, m aid.Move, rule func(aid.Commitment) (aid.Commitment, error)) error {
	before := w.read(id)
	after, err := rule(before)
	if err != nil {
		return err
	}
	return w.store.Move(w.Context(), table.Change{Move: m, Before: before, After: after, At: w.clock(), SignedBy: "Siti Contoh"})
}

// sign has the collaborator sign.
func (w *world) sign(id aid.CommitmentID) {
	w.Helper()
	w.does(id, aid.Sign, func(c aid.Commitment) (aid.Commitment, error) {
		return c.SignedAs("sha256-"+strings.Repeat("0", 64), w.clock(), w.pack.Catalogue())
	})
}

// report has the collaborator report a delivery.
func (w *world) report(id aid.CommitmentID, quantities ...int64) aid.DeliveryID {
	w.Helper()
	d := aid.DeliveryID(webtest.UUID(w.T))
	w.does(id, aid.Report, w.reporting(d, quantities...))
	return d
}

func (w *world) reporting(d aid.DeliveryID, quantities ...int64) func(aid.Commitment) (aid.Commitment, error) {
	return func(c aid.Commitment) (aid.Commitment, error) {
		return c.Reported(aid.DeliveryReport{ID: d, On: "2025-09-10", Quantities: quantities}, w.clock(), w.pack.Catalogue())
	}
}

func (w *world) read(id aid.CommitmentID) aid.Commitment {
	w.Helper()
	r, err := w.store.Locate(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	c, err := w.store.Commitment(w.Context(), r, id)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// letter tells whether the last move of a commitment sent a letter of a kind.
func (w *world) letter(id aid.CommitmentID, kind aid.LetterKind) bool {
	w.Helper()
	_, err := w.store.Letter(w.Context(), table.LetterKeyOf(id, w.read(id).Version, kind))
	return err == nil
}

// balanced checks that a recipient's figures are those of its commitments.
func (w *world) balanced(r aid.RecipientID) {
	w.Helper()
	place, _, err := w.store.Place(w.Context(), r)
	if err != nil {
		w.Fatal(err)
	}
	all, err := w.store.Commitments(w.Context(), r)
	if err != nil {
		w.Fatal(err)
	}
	if err := tabletest.Balance(place, all); err != nil {
		w.Error(err)
	}
}
