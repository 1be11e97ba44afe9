package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/catalogue"
	"ksbb/shared/challenge"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/web/webtest"
)

// The unit that most complaints of the stories are about.
const pasir = aid.RecipientID("34.71.01.1001.001")

// world is the function behind its gateway, with a clock that a story moves.
type world struct {
	*webtest.Caller
	store tabletest.Store
	vault *blobtest.MemoryVault

	mu  sync.Mutex
	now time.Time
}

// newWorld opens a world at noon of 2025-09-10 in its own time zone, with one
// recipient and a promise to it.
func newWorld(t *testing.T, store tabletest.Store) *world {
	t.Helper()
	w := &world{store: store, now: time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)}
	w.vault = blobtest.NewVault(t, time.Now) // addresses expire by the machine's clock
	pack := regiontest.Tiny(t)
	if err := store.Load(t.Context(), []aid.Listing{{
		Recipient: aid.Recipient{ID: pasir, Name: "Padukuhan 001 Pasir", Kind: "padukuhan", Area: area.Code(pasir), Point: aid.Point{Lng: 110.36, Lat: -7.785}},
		Needs:     []aid.Need{{ID: aid.NeedOf(pasir, "tangki"), Recipient: pasir, Program: "air-bersih", Package: "tangki", Needed: 10}},
		Steward:   aid.Contact{Name: "Dukuh Contoh", Phone: "+628110000001"},
	}}, pack.Catalogue(), w.now); err != nil {
		t.Fatal(err)
	}
	s := &server{store: store, files: w.vault, pack: pack, region: catalogue.New(pack, store, w.clock), now: w.clock, random: func(b []byte) { rand.Read(b) }}
	w.Caller = webtest.New(t, s.handler())
	return w
}

// eachStore tells a story on the memory model and on a real engine.
func eachStore(t *testing.T, story func(*world)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		story(newWorld(t, table.NewMemory()))
	})
	t.Run("engine", func(t *testing.T) {
		t.Parallel()
		db := tabletest.Engine(t)
		ledger, private := tabletest.Tables(t, db)
		story(newWorld(t, table.New(db, ledger, private)))
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

// solve makes a challenge as commitments-api does and finds its number.
func (w *world) solve() string {
	w.Helper()
	key, err := w.store.Key(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	c, err := challenge.Make(key, 50, w.clock().Add(10*time.Minute))
	if err != nil {
		w.Fatal(err)
	}
	return webtest.Solve(w, c)
}

type object = map[string]any

// canary stands in every private field of a complaint.
const canary = "burung-kenari-7431"

// form is what the page sends about pasir.
func (w *world) form() object {
	w.Helper()
	return object{
		"class": "levy", "about": object{"recipient": pasir}, "text": "Diminta Rp5.000 per paket.\n\n" + canary,
		"contact": object{"email": canary + "@contoh.invalid"}, "challenge": w.solve(),
	}
}

// filed is a complaint as its reporter holds it.
type filed struct {
	id           aid.ComplaintID
	path, secret string
}

func (w *world) file(form object) filed {
	w.Helper()
	id := webtest.UUID(w.T)
	got := w.Want(201, "PUT", "/v1/complaints/"+id, "", form)
	return filed{aid.ComplaintID(id), "/v1/complaints/" + id, got.Text("secret")}
}

// desk may do everything in these stories.
var desk = aid.Staff{Role: aid.StaffComplaints}

// reply answers as the office will.
func (w *world) reply(id aid.ComplaintID, words string, outcome aid.Outcome) {
	w.Helper()
	before, err := w.store.Complaint(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	after, err := before.Answered(desk, aid.MessageID(webtest.UUID(w.T)), outcome, w.clock())
	if err == nil {
		err = w.store.WriteMessage(w.Context(), before, after, words, "reply "+words)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// logged returns what is logged until the test ends.
func logged(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	return &b
}

func sprint(v any) string { return fmt.Sprintf("%+v", v) }
