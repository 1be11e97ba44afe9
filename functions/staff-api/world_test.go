package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/catalogue"
	"ksbb/shared/evidence"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/web/webtest"
)

// The recipients of the tiny region that the stories are about, in two
// kelurahan of one kecamatan.
const (
	pasir = aid.RecipientID("34.71.01.1001.001") // needs 10 tangki and 100 galon for 40 households
	batu  = aid.RecipientID("34.71.01.1002.001") // needs 10 tangki
)

// The kelurahan that they lie in.
const (
	pasirArea = area.Code("34.71.01.1001")
	batuArea  = area.Code("34.71.01.1002")
)

// sukarelawan is the aggregator of the tiny region that may take commitments.
const sukarelawan = aid.AggregatorID("sukarelawan")

var dukuh = aid.Contact{Name: "Dukuh Contoh", Phone: "+628110000001", Email: "dukuh@contoh.invalid"}

// siti is who promises, unless a story says otherwise.
var siti = aid.Contact{Name: "Siti Contoh", Phone: "+6281200000000", Email: "siti@contoh.invalid"}

// console is the client that tokens are made for.
const console = "console"

// facts is everything that the stories read and write.
type facts interface {
	tabletest.Store
	store
	PutOfficer(ctx context.Context, before, after aid.Account) error
	Audit(ctx context.Context, q table.AuditQuery, cursor string, limit int) ([]table.Act, string, error)
}

// world is the function behind its gateway, with a clock that a story moves.
type world struct {
	*webtest.Caller
	store  facts
	vault  *blobtest.MemoryVault
	public *blobtest.Memory
	door   *fakeDoor
	server *server
	pack   *region.Pack
	key    []byte
	dump   func() string // everything that is stored

	clocks *clocks
}

type clocks struct {
	mu  sync.Mutex
	now time.Time
}

// fakeDoor is a sign-in that keeps in mind who is out, and what it was asked for.
type fakeDoor struct {
	asked []string
	err   error
}

func (d *fakeDoor) Close(_ context.Context, id aid.OfficerID) error {
	d.asked = append(d.asked, "close "+string(id))
	return d.err
}

func (d *fakeDoor) Reopen(_ context.Context, id aid.OfficerID) error {
	d.asked = append(d.asked, "reopen "+string(id))
	return d.err
}

func listing(r aid.RecipientID, name string, tangki int64) aid.Listing {
	return aid.Listing{
		Recipient: aid.Recipient{
			ID: r, Name: name, Kind: "padukuhan", Area: area.Code(r), Point: aid.Point{Lng: 110.36, Lat: -7.785}, Households: 40, Steward: "Dukuh Contoh",
		},
		Needs:   []aid.Need{{ID: aid.NeedOf(r, "tangki"), Recipient: r, Program: "air-bersih", Package: "tangki", Needed: tangki, ConfirmedOn: "2025-09-01"}},
		Steward: dukuh,
	}
}

// newWorld opens a world at noon of 2025-09-10 in its own time zone.
func newWorld(t *testing.T, store facts, dump func() string) *world {
	t.Helper()
	w := &world{store: store, dump: dump, pack: regiontest.Tiny(t), clocks: &clocks{now: time.Date(2025, 9, 10, 5, 0, 0, 0, time.UTC)}}
	w.vault, w.public, w.door = blobtest.NewVault(t, time.Now), &blobtest.Memory{}, &fakeDoor{}
	w.server = &server{
		store: store, evidence: w.vault, public: w.public, door: w.door, pack: w.pack, region: catalogue.New(w.pack, store, w.clock), now: w.clock, random: func(b []byte) { rand.Read(b) }, client: console, signIn: "https://masuk.contoh.invalid", site: "https://ksbb.contoh.invalid",
	}
	first := listing(pasir, "Padukuhan 001 Pasir", 10)
	first.Needs = append(first.Needs, aid.Need{ID: aid.NeedOf(pasir, "galon"), Recipient: pasir, Program: "air-bersih", Package: "galon", Needed: 100, ConfirmedOn: "2025-09-01"})
	if err := store.Load(t.Context(), []aid.Listing{first, listing(batu, "Padukuhan 001 Batu", 10)}, w.pack.Catalogue(), w.clock()); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.key, err = store.Key(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Caller = webtest.New(t, w.server.handler())
	return w
}

// newMemoryWorld opens a world on the memory model.
func newMemoryWorld(t *testing.T) *world {
	t.Helper()
	m := table.NewMemory()
	return newWorld(t, m, func() string { return fmt.Sprintf("%+v", m) })
}

// newEngineWorld opens a world on a real engine.
func newEngineWorld(t *testing.T) *world {
	t.Helper()
	db := tabletest.Engine(t)
	ledger, private := tabletest.Tables(t, db)
	return newWorld(t, table.New(db, ledger, private), func() string { return tabletest.Dump(t, db, ledger, private) })
}

// eachStore tells a story on the memory model and on a real engine.
func eachStore(t *testing.T, story func(*world)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		story(newMemoryWorld(t))
	})
	t.Run("engine", func(t *testing.T) {
		t.Parallel()
		story(newEngineWorld(t))
	})
}

func (w *world) clock() time.Time {
	w.clocks.mu.Lock()
	defer w.clocks.mu.Unlock()
	return w.clocks.now
}

// pass moves the clock.
func (w *world) pass(d time.Duration) {
	w.clocks.mu.Lock()
	defer w.clocks.mu.Unlock()
	w.clocks.now = w.clocks.now.Add(d)
}

type object = map[string]any

// claims is what the token of a member of staff says: who they are, and the
// areas that they are limited to.
func claims(role aid.StaffRole, sub string, areas ...area.Code) map[string]string {
	said := map[string]string{
		"token_use": "access", "client_id": console, "sub": sub, "role": string(role),
		"name": strings.ToUpper(sub[:1]) + sub[1:] + " Contoh", "email": sub + "@kantor.contoh.invalid",
	}
	if len(areas) > 0 {
		said["areas"] = fmt.Sprint(areas)
	}
	if role == aid.StaffAggregator {
		said["aggregator"] = string(sukarelawan)
	}
	return said
}

// but returns claims with one said otherwise; the empty text takes it away.
func but(said map[string]string, name, value string) map[string]string {
	other := maps.Clone(said)
	if other[name] = value; value == "" {
		delete(other, name)
	}
	return other
}

// as returns the world as a member of staff calls it.
func (w *world) as(role aid.StaffRole, sub string, areas ...area.Code) *world {
	other := *w
	other.Caller = w.As(claims(role, sub, areas...))
	return &other
}

// get, put and post call the console and insist on success.
func (w *world) get(path string) webtest.Answer {
	w.Helper()
	return w.Want(200, "GET", path, "", nil)
}

func (w *world) put(path string, body object) webtest.Answer {
	w.Helper()
	return w.Want(200, "PUT", path, "", body)
}

func (w *world) post(path string, body object) webtest.Answer {
	w.Helper()
	return w.Want(200, "POST", path, "", body)
}

// refused insists on a problem.
func (w *world) refused(status int, slug, method, path string, body any) webtest.Answer {
	w.Helper()
	return w.Refused(status, slug, method, path, "", body)
}

func (w *world) uuid() string { return webtest.UUID(w.T) }

// pledge promises n tangki and m galon to a recipient, on behalf of who.
func (w *world) pledge(r aid.RecipientID, n, m int64, who aid.Contact) aid.CommitmentID {
	w.Helper()
	id := w.submit(r, n, m, who, "")
	w.does(id, aid.Verify, func(c aid.Commitment) (aid.Commitment, error) { return c.Verified(w.clock(), w.pack.Catalogue()) })
	return id
}

// pledgeVia promises n tangki through an aggregator.
func (w *world) pledgeVia(via aid.AggregatorID, r aid.RecipientID, n int64, who aid.Contact) aid.CommitmentID {
	w.Helper()
	id := w.submit(r, n, 0, who, via)
	w.does(id, aid.Verify, func(c aid.Commitment) (aid.Commitment, error) { return c.Verified(w.clock(), w.pack.Catalogue()) })
	return id
}

func (w *world) submit(r aid.RecipientID, n, m int64, who aid.Contact, via aid.AggregatorID) aid.CommitmentID {
	w.Helper()
	id := aid.CommitmentID(w.uuid())
	var lines []aid.Line
	for _, l := range []aid.Line{{Need: aid.NeedOf(r, "tangki"), Package: "tangki", Unit: "tangki", Quantity: n}, {Need: aid.NeedOf(r, "galon"), Package: "galon", Unit: "galon", Quantity: m}} {
		if l.Quantity > 0 {
			lines = append(lines, l)
		}
	}
	route := aid.Direct
	if via != "" {
		route = aid.Aggregate
	}
	_, _, err := w.store.Submit(w.Context(), table.Submission{
		Commitment: aid.Commitment{
			ID: id, Recipient: r, Leaf: aid.Leaf{Area: "34.71.01", Group: "warga"}, Program: "air-bersih", Lines: lines,
			Period: aid.Period{From: "2025-09-10", To: "2025-09-20"}, Route: route, Aggregator: via, Name: who.Name, Class: aid.Individual,
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

// does moves a commitment, as the collaborator, the steward or time would.
func (w *world) does(id aid.CommitmentID, m aid.Move, rule func(aid.Commitment) (aid.Commitment, error)) {
	w.Helper()
	before := w.read(id)
	after, err := rule(before)
	if err == nil {
		err = w.store.Move(w.Context(), table.Change{Move: m, Before: before, After: after, At: w.clock(), SignedBy: "Siti Contoh"})
	}
	if err != nil {
		w.Fatalf("%s: %v", m, err)
	}
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
	d := aid.DeliveryID(w.uuid())
	w.does(id, aid.Report, func(c aid.Commitment) (aid.Commitment, error) {
		return c.Reported(aid.DeliveryReport{ID: d, On: "2025-09-10", Quantities: quantities}, w.clock(), w.pack.Catalogue())
	})
	return d
}

// file has the collaborator bring a file, which is accepted.
func (w *world) file(id aid.CommitmentID, kind aid.EvidenceKind, body string) aid.Evidence {
	w.Helper()
	c := w.read(id)
	sum := sha256.Sum256([]byte(body))
	e := aid.Evidence{
		ID: aid.EvidenceID(strings.ReplaceAll(w.uuid(), "-", "")), Commitment: id, Recipient: c.Recipient, Leaf: c.Leaf, Kind: kind, Type: "image/jpeg",
		Length: int64(len(body)), SHA256: hex.EncodeToString(sum[:]), State: aid.EvidenceAwaited, At: w.clock(),
	}
	if err := w.store.AddEvidence(w.Context(), e); err != nil {
		w.Fatal(err)
	}
	return w.accept(e, body)
}

// accept does as evidence-intake with a file that is taken.
func (w *world) accept(e aid.Evidence, body string) aid.Evidence {
	w.Helper()
	for _, path := range []string{evidence.DisplayPath(e), evidence.ThumbPath(e)} {
		if err := w.vault.Put(w.Context(), path, "image/jpeg", []byte(body)); err != nil {
			w.Fatal(err)
		}
	}
	e.State, e.Version, e.CheckedAt = aid.EvidenceAccepted, "v1", w.clock()
	if err := w.store.JudgeEvidence(w.Context(), e); err != nil {
		w.Fatal(err)
	}
	return e
}

func reviewPath(e aid.Evidence) string { return "/v1/staff/evidence/" + string(e.ID) + "/review" }

// answer has the steward answer for a delivery.
func (w *world) answer(id aid.CommitmentID, d aid.DeliveryID, answer aid.Answer, quantities ...int64) {
	w.Helper()
	w.does(id, aid.Receive, func(c aid.Commitment) (aid.Commitment, error) {
		return c.ReceivedAs(aid.ReceiptAnswer{Delivery: d, Answer: answer, Quantities: quantities, Via: aid.ViaSteward}, w.clock(), w.pack.Catalogue())
	})
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

// officers makes the accounts that the matrix knows by name. Whoever has none is
// who their token says.
func (w *world) officers() {
	w.Helper()
	for _, a := range []aid.Account{
		{Staff: aid.Staff{ID: suspended, Role: aid.StaffAdmin}, Name: "Cuti Contoh", Suspended: true},
		{Staff: aid.Staff{ID: demoted, Role: aid.StaffVerifier}, Name: "Mantan Contoh"},
		{Staff: aid.Staff{ID: moved, Role: aid.StaffAdmin, Areas: []area.Code{batuArea}}, Name: "Pindah Contoh"},
	} {
		a.Version, a.ChangedAt = 1, w.clock()
		if err := w.store.PutOfficer(w.Context(), aid.Account{}, a); err != nil {
			w.Fatal(err)
		}
	}
}

// acts returns everything that was recorded of staff, the newest first.
func (w *world) acts() []table.Act {
	w.Helper()
	all := []table.Act{}
	for cursor := ""; ; {
		acts, next, err := w.store.Audit(w.Context(), table.AuditQuery{From: w.clock().AddDate(0, 0, -10), To: w.clock().AddDate(0, 0, 1)}, cursor, 100)
		if err != nil {
			w.Fatal(err)
		}
		if all = append(all, acts...); next == "" {
			return all
		}
		cursor = next
	}
}

// records counts what was recorded of staff.
func (w *world) records() int { return len(w.acts()) }
