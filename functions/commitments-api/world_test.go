package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/catalogue"
	"ksbb/shared/challenge"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/web/webtest"
)

// The recipients of the tiny region that the stories are about.
const (
	pasir1 = aid.RecipientID("34.71.01.1001.001") // needs 10 tangki, 100 galon, 5 pompa
	pasir2 = aid.RecipientID("34.71.01.1001.002") // 300 m north, needs 4 tangki
	batu1  = aid.RecipientID("34.71.01.1002.001") // needs 2 tangki
	batu2  = aid.RecipientID("34.71.01.1002.002") // has all its tangki
	tutup  = aid.RecipientID("34.71.01.1002.009") // needs 9 tangki, takes nothing more
	ombak1 = aid.RecipientID("34.71.02.1001.001") // the other kecamatan, needs 7 tangki
)

// stewards' contacts are found in one answer and nowhere else.
var steward = aid.Contact{Name: "Dukuh Contoh", Phone: "+628110000001", Email: "dukuh@contoh.invalid"}

func listing(r aid.RecipientID, name string, lat float64, tangki int64) aid.Listing {
	return aid.Listing{
		Recipient: aid.Recipient{
			ID: r, Name: name, Kind: "padukuhan", Area: areaOf(r), Point: aid.Point{Lng: 110.36, Lat: lat}, Households: 40, Demo: true,
		},
		Needs:   []aid.Need{{ID: aid.NeedOf(r, "tangki"), Recipient: r, Program: "air-bersih", Package: "tangki", Needed: tangki, ConfirmedOn: "2025-09-01"}},
		Steward: steward,
	}
}

// world is the function behind its gateway, with a clock that a story moves.
type world struct {
	*webtest.Caller
	store  tabletest.Store
	server *server
	vault  *blobtest.MemoryVault
	dump   func() string // everything that is stored in the tables

	mu  sync.Mutex
	now time.Time
}

// load puts the recipients into a store.
func load(t testing.TB, store tabletest.Store) {
	t.Helper()
	pasir := listing(pasir1, "Padukuhan 001 Pasir", -7.785, 10)
	pasir.Needs = append(pasir.Needs,
		aid.Need{ID: aid.NeedOf(pasir1, "galon"), Recipient: pasir1, Program: "air-bersih", Package: "galon", Needed: 100},
		aid.Need{ID: aid.NeedOf(pasir1, "pompa"), Recipient: pasir1, Program: "air-bersih", Package: "pompa", Needed: 5})
	met := listing(batu2, "Padukuhan 002 Batu", -7.7851, 5)
	met.Needs[0].Received = 5
	closed := listing(tutup, "Padukuhan 009 Batu", -7.7852, 9)
	closed.Recipient.Closed = true
	if err := store.Load(t.Context(), []aid.Listing{
		pasir, listing(pasir2, "Padukuhan 002 Pasir", -7.7823, 4), listing(batu1, "Padukuhan 001 Batu", -7.79, 2), met, closed,
		listing(ombak1, "Padukuhan 001 Ombak", -7.81, 7),
	}, regiontest.Tiny(t).Catalogue(), start); err != nil {
		t.Fatal(err)
	}
}

// start is noon of 2025-09-10 in the world's own time zone.
var start = time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)

// newWorld opens a world at its start.
func newWorld(t *testing.T, store tabletest.Store, dump ...func() string) *world {
	t.Helper()
	w := &world{store: store, vault: blobtest.NewVault(t, time.Now), now: start}
	if len(dump) > 0 {
		w.dump = dump[0]
	}
	pack := regiontest.Tiny(t)
	w.server = &server{
		store: store, files: w.vault, pack: pack, region: catalogue.New(pack, store, w.clock), effort: 50, now: w.clock, random: func(b []byte) { rand.Read(b) },
		site: "https://ksbb.example",
	}
	load(t, store)
	h := w.server.handler()
	w.Caller = webtest.New(t, h)
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

// solve asks for a challenge and finds its number, as a phone does.
func (w *world) solve() string {
	w.Helper()
	var c challenge.Challenge
	if err := json.Unmarshal([]byte(w.Want(200, "GET", "/v1/challenge", "", nil).Body), &c); err != nil {
		w.Fatal(err)
	}
	return webtest.Solve(w, c)
}

type object = map[string]any

// form is what the page sends for n tangki at pasir1.
func (w *world) form(n int64) object {
	w.Helper()
	return object{
		"recipient": pasir1,
		"program":   "air-bersih",
		"lines":     []object{{"need": aid.NeedOf(pasir1, "tangki"), "quantity": n}},
		"period":    object{"from": "2025-09-10", "to": "2025-09-20"},
		"route":     "direct",
		"collaborator": object{
			"name": "Siti Contoh", "class": "individual", "showName": true, "email": "siti@contoh.invalid", "phone": "0812 0000 0000",
		},
		"statement": object{"accepted": true, "signedBy": "Siti Contoh"},
		"challenge": w.solve(),
		"language":  "id",
	}
}

// with returns a copy of a form with one member replaced, "collaborator.name".
func with(form object, path string, value any) object {
	copied := maps.Clone(form)
	name, rest, deep := strings.Cut(path, ".")
	if deep {
		value = with(copied[name].(object), rest, value)
	}
	copied[name] = value
	return copied
}

// submitted is a commitment that waits for its code.
type submitted struct {
	id     aid.CommitmentID
	path   string
	secret string
}

func (w *world) submit(form object) submitted {
	w.Helper()
	id := webtest.UUID(w.T)
	path := "/v1/commitments/" + id
	got := w.Want(201, "PUT", path, "", form)
	secret, _ := got.Get("secret").(string)
	return submitted{aid.CommitmentID(id), path, secret}
}

// code is what the mail would say.
func (w *world) code(id aid.CommitmentID) string {
	w.Helper()
	key, err := w.store.Key(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return aid.Code(key, id)
}

// wrongCode is any other.
func (w *world) wrongCode(id aid.CommitmentID) string {
	if w.code(id) == "000000" {
		return "000001"
	}
	return "000000"
}

func (w *world) pledge(form object) submitted {
	w.Helper()
	s := w.submit(form)
	w.Want(200, "POST", s.path+"/verification", s.secret, object{"code": w.code(s.id)})
	return s
}

// need reads the figures of a need.
func (w *world) need(r aid.RecipientID, p aid.PackageID) aid.Need {
	w.Helper()
	place, _, err := w.store.Place(w.Context(), r)
	if err != nil {
		w.Fatal(err)
	}
	i := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.Package == p })
	if i < 0 {
		w.Fatalf("%s needs no %s", r, p)
	}
	return place.Needs[i]
}

// does makes a move of the other side, or of time.
func (w *world) does(id aid.CommitmentID, rule func(aid.Commitment) (aid.Commitment, error)) error {
	w.Helper()
	before := w.read(id)
	after, err := rule(before)
	if err != nil || after.Version == before.Version {
		return err
	}
	return w.store.Move(w.Context(), table.Change{Move: after.Log[len(after.Log)-1].Move, Before: before, After: after, At: w.clock()})
}

// receives has the steward answer for a delivery.
func (w *world) receives(id aid.CommitmentID, d any, answer aid.Answer, quantities ...int64) {
	w.Helper()
	err := w.does(id, func(c aid.Commitment) (aid.Commitment, error) {
		return c.ReceivedAs(aid.ReceiptAnswer{
			Delivery: aid.DeliveryID(fmt.Sprint(d)), Answer: answer, Quantities: quantities, Via: aid.ViaSteward,
		}, w.clock(), w.server.catalogue())
	})
	if err != nil {
		w.Fatalf("receipt: %v", err)
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

// letters lists which of these kinds the last move of a commitment sent.
func (w *world) letters(id aid.CommitmentID, kinds ...aid.LetterKind) []aid.LetterKind {
	w.Helper()
	sent := []aid.LetterKind{}
	for _, kind := range kinds {
		if _, err := w.store.Letter(w.Context(), table.LetterKeyOf(id, w.read(id).Version, kind)); err == nil {
			sent = append(sent, kind)
		}
	}
	return sent
}

// everyLetter is what a move may send.
var everyLetter = []aid.LetterKind{
	aid.LetterCode, aid.LetterPledged, aid.LetterStewardPledged, aid.LetterSigned, aid.LetterStewardReported, aid.LetterReceived,
	aid.LetterWithdrawn, aid.LetterStewardWithdrawn, aid.LetterOfficeSilent, aid.LetterStewardCall,
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

// sign signs by typing a name.
func (w *world) sign(s submitted) webtest.Answer {
	w.Helper()
	return w.Want(200, "POST", s.path+"/signature", s.secret, object{"signedBy": "Siti Contoh"})
}

// signed is a commitment of n tangki that is ready to be delivered.
func (w *world) signed(n int64) submitted {
	w.Helper()
	s := w.pledge(w.form(n))
	w.sign(s)
	return s
}

// report reports a delivery of n of the first line and returns its id.
func (w *world) report(s submitted, n int64) string {
	w.Helper()
	id := webtest.UUID(w.T)
	w.Want(200, "PUT", s.path+"/deliveries/"+id, s.secret, delivery(n))
	return id
}

func delivery(n int64) object {
	return object{"date": "2025-09-10", "lines": []object{{"line": 0, "quantity": n}}}
}
