package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/challenge"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/web/webtest"
)

// world is the function behind its gateway, with a clock that a story moves.
type world struct {
	*webtest.Caller
	store   tabletest.Store
	handler http.Handler

	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T, store tabletest.Store) *world {
	t.Helper()
	w := &world{store: store, now: time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)}
	s := &server{store: store, zone: time.FixedZone("WITA", 8*3600), now: w.clock}
	w.handler = s.handler()
	w.Caller = webtest.New(t, w.handler)
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
	c, err := challenge.Make(w.key(), 50, w.clock().Add(10*time.Minute))
	if err != nil {
		w.Fatal(err)
	}
	return webtest.Solve(w, c)
}

func (w *world) key() []byte {
	w.Helper()
	key, err := w.store.Key(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return key
}

type object = map[string]any

// canary stands in the address that subscribes.
const canary = "burung-kenari-7431"

// form is what the page sends.
func (w *world) form() object {
	w.Helper()
	return object{"email": canary + "@contoh.invalid", "kinds": []string{"daily", "monthly"}, "language": "id", "challenge": w.solve()}
}

// asked is a subscription with the link that the letter holds.
type asked struct {
	id           aid.SubscriptionID
	path, secret string
}

func (w *world) ask(form object) asked {
	w.Helper()
	id := webtest.UUID(w.T)
	w.Want(201, "PUT", "/v1/subscriptions/"+id, "", form)
	return w.asked(aid.SubscriptionID(id), form["email"].(string))
}

func (w *world) asked(id aid.SubscriptionID, email string) asked {
	w.Helper()
	secret, err := aid.SubscriptionSecret(w.key(), id, email)
	if err != nil {
		w.Fatal(err)
	}
	return asked{id, "/v1/subscriptions/" + string(id), secret}
}

// stored tells whether a subscription is there, and confirmed.
func (w *world) stored(id aid.SubscriptionID) (there, confirmed bool) {
	w.Helper()
	s, err := w.store.Subscription(w.Context(), id, w.clock())
	return err == nil, s.Confirmed()
}

// subscribers counts who is sent the reports of a cadence.
func (w *world) subscribers(c aid.Cadence) int {
	w.Helper()
	n := 0
	for shard := range table.SubscriberShards {
		part, err := w.store.Subscribers(w.Context(), c, shard, "", 1000)
		if err != nil {
			w.Fatal(err)
		}
		n += len(part)
	}
	return n
}

// logged returns what is logged until the test ends.
func logged(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(old) })
	return &b
}
