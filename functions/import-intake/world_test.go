package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/blob"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/catalogue"
	"ksbb/shared/intake"
	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

var morning = time.Date(2026, 11, 2, 2, 0, 0, 0, time.UTC)

var (
	ani  = aid.Staff{ID: "ani", Role: aid.StaffAssessor}
	budi = aid.Staff{ID: "budi", Role: aid.StaffAdmin}
)

// facts is everything that a test asks of a store.
type facts interface {
	tabletest.Store
	store
}

// world is an intake with everything it needs.
type world struct {
	testing.TB
	server *server
	vault  *blobtest.MemoryVault
	facts  facts
	pack   *region.Pack
	mu     sync.Mutex
	clock  time.Time
	runs   int
	pauses int
	engine bool
}

// eachStore tells a story on the store in memory and on the engine.
func eachStore(t *testing.T, story func(*world)) {
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		story(newWorld(t, table.NewMemory()))
	})
	t.Run("engine", func(t *testing.T) {
		t.Parallel()
		db := tabletest.Engine(t)
		ledger, private := tabletest.Tables(t, db)
		w := newWorld(t, table.New(db, ledger, private))
		w.engine = true
		story(w)
	})
}

func newWorld(t testing.TB, s facts) *world {
	t.Helper()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, vault: blobtest.NewVault(t, time.Now), facts: s, pack: pack, clock: morning}
	w.server = &server{
		store: s, files: w.vault, catalogue: catalogue.Fixed(pack), folder: t.TempDir(),
		now:   func() time.Time { defer w.locked()(); w.clock = w.clock.Add(time.Second); return w.clock },
		pause: func(context.Context, time.Duration) error { defer w.locked()(); w.pauses++; return nil },
		token: func() string { defer w.locked()(); w.runs++; return fmt.Sprint(w.runs) },
	}
	return w
}

// locked keeps others off the fields that a run changes, until it is called.
func (w *world) locked() func() {
	w.mu.Lock()
	return w.mu.Unlock
}

// bring announces a file and lets it arrive.
func (w *world) bring(n int, list intake.List, by aid.Staff, name string, body []byte) aid.ImportID {
	w.Helper()
	sum := sha256.Sum256(body)
	i := aid.ListImport{
		ID: aid.ImportID(fmt.Sprintf("0198c0de-0000-7000-8000-00000000a%03d", n)), Version: 1, List: string(list), Name: name, Type: "text/csv",
		Length: int64(len(body)), SHA256: hex.EncodeToString(sum[:]), Reason: "pendataan kelurahan", By: by, ByName: string(by.ID), At: morning, State: aid.ImportAwaited,
	}
	w.must(w.facts.PutListImport(w.Context(), aid.ListImport{}, i))
	signed, err := w.vault.SignPut(w.Context(), i.OriginalPath(), blob.Upload{Type: i.Type, Length: i.Length, SHA256: i.SHA256})
	w.must(err)
	if status := blobtest.Send(w, signed, body, nil); status != 200 {
		w.Fatalf("upload: status %d", status)
	}
	w.wake(i.ID)
	return i.ID
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// wake tells the function that something arrived for an import.
func (w *world) wake(id aid.ImportID) {
	w.Helper()
	w.must(w.server.handle(w.Context(), eventOf(w, "imports/"+string(id)+"/go/x")))
}

func eventOf(t testing.TB, key string) events.S3Event {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Records": []any{map[string]any{"eventName": "ObjectCreated:Put", "s3": map[string]any{
		"bucket": map[string]any{"name": "evidence"}, "object": map[string]any{"key": url.QueryEscape(key)},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	var ev events.S3Event
	if err := json.Unmarshal(text, &ev); err != nil {
		t.Fatal(err)
	}
	return ev
}

func (w *world) known(id aid.ImportID) aid.ListImport {
	w.Helper()
	i, err := w.facts.ListImport(w.Context(), id)
	w.must(err)
	return i
}

// wants checks how far an import has come.
func (w *world) wants(id aid.ImportID, state aid.ImportState, fresh, changed, same, errors int64) aid.ListImport {
	w.Helper()
	i := w.known(id)
	if i.State != state || i.New != fresh || i.Changed != changed || i.Same != same || i.Errors != errors {
		w.Fatalf("import is %s (%s) with %d new, %d changed, %d same, %d wrong; want %s with %d, %d, %d, %d\n%s",
			i.State, i.Problem, i.New, i.Changed, i.Same, i.Errors, state, fresh, changed, same, errors, w.errors(i))
	}
	return i
}

func (w *world) errors(i aid.ListImport) string {
	w.Helper()
	k, err := w.vault.Get(w.Context(), i.ErrorsPath(), "", 1<<20)
	if err != nil {
		return err.Error()
	}
	return string(k.Body)
}

func (w *world) confirm(id aid.ImportID, by aid.Staff) {
	w.Helper()
	i := w.known(id)
	after, err := i.Confirmed(by, string(by.ID), w.clock)
	w.must(err)
	w.must(w.facts.PutListImport(w.Context(), i, after))
	w.wake(id)
}

func (w *world) undo(id aid.ImportID, by aid.Staff) {
	w.Helper()
	i := w.known(id)
	after, err := i.ToUndo(by, string(by.ID), "salah berkas", w.clock)
	w.must(err)
	w.must(w.facts.PutListImport(w.Context(), i, after))
	w.wake(id)
}

func (w *world) place(id aid.RecipientID) aid.Place {
	w.Helper()
	p, _, err := w.facts.Place(w.Context(), id)
	w.must(err)
	return p
}

// rws invents n RW, a dozen to a kelurahan, as a template would list them.
func rws(pack *region.Pack, n int) [][]string {
	rows := [][]string{{"Kode", "Jenis", "Nama", "Lintang", "Bujur", "Jumlah KK", "Jumlah Jiwa", "Penanggung Jawab", "Telepon", "Alamat"}}
	kelurahan := pack.At(area.Kelurahan)
	for i := range n {
		k, rw := kelurahan[i/12%len(kelurahan)], i%12+1+12*(i/12/len(kelurahan))
		rows = append(rows, []string{
			fmt.Sprintf("%s.%03d", k.Code, rw), "RW", fmt.Sprintf("RW %03d %s", rw, k.Name),
			fmt.Sprintf("%.5f", k.Point.Lat+float64(i%10)/1e4), fmt.Sprintf("%.5f", k.Point.Lng-float64(i%7)/1e4),
			fmt.Sprint(100 + i%400), fmt.Sprint(400 + i%1600), fmt.Sprintf("Ibu Contoh %d", i), "", fmt.Sprintf("Balai RW %03d", rw),
		})
	}
	return rows
}

func csvOf(rows [][]string) []byte {
	var b bytes.Buffer
	for _, r := range rows {
		b.WriteString(strings.Join(r, ";") + "\r\n")
	}
	return b.Bytes()
}

// tenBad spoils ten rows, each in its own way, and says how each is to be
// reported.
func tenBad(rows [][]string) map[int]string {
	spoil := []struct {
		column int
		value  func(old string, row []string) string
		says   string
	}{
		{0, func(string, []string) string { return "31.99.99.9999.001" }, "tidak dikenal"},
		{0, func(string, []string) string { return rows[1][0] }, "sudah ada di baris 2"},
		{1, func(string, []string) string { return "Istana" }, "jenis penerima tidak dikenal"},
		{2, func(string, []string) string { return "" }, "penerima baru tanpa nama"},
		{3, func(old string, row []string) string { row[4], old = old, row[4]; return old }, "lintang dan bujur tertukar"},
		{3, func(old string, _ []string) string { return strings.TrimPrefix(old, "-") }, "lintang tanpa tanda minus"},
		{5, func(string, []string) string { return "-20" }, "jumlahnya negatif"},
		{5, func(string, []string) string { return "=SUM(F2:F9)" }, "selnya berisi rumus"},
		{6, func(string, []string) string { return "banyak" }, "bukan angka"},
		{8, func(string, []string) string { return "nomor menyusul" }, "bukan nomor telepon"},
	}
	want := map[int]string{}
	for n, s := range spoil {
		at := 5 + n*max(1, (len(rows)-6)/len(spoil))
		rows[at][s.column] = s.value(rows[at][s.column], rows[at])
		want[at+1] = s.says
	}
	return want
}
