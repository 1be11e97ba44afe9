package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/intake"
	"ksbb/shared/table"
)

func TestThreeThousandRecipientsWithTenBadRows(t *testing.T) {
	eachStore(t, func(w *world) {
		n := 3000
		if w.engine {
			n = 600 // as many parts and leaves, in a fraction of the time
		}
		good := rws(w.pack, n)
		rows := rws(w.pack, n)
		want := tenBad(rows)
		id := w.bring(1, intake.Recipients, ani, "rw.csv", csvOf(rows))
		i := w.wants(id, aid.ImportPreview, int64(n-10), 0, 0, 10)
		reported := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.errors(i), "\ufeff")))
		reported.Comma = ';'
		listed, err := reported.ReadAll()
		w.must(err)
		if len(listed) != 11 {
			w.Fatalf("%d lines of errors:\n%q", len(listed), listed)
		}
		for _, l := range listed[1:] {
			var row int
			fmt.Sscan(l[0], &row)
			if want[row] == "" || !strings.Contains(l[3], want[row]) || l[4] == "" {
				w.Errorf("row %s says %q, %q; want %q", l[0], l[3], l[4], want[row])
			}
		}
		if _, err := w.facts.LeafOf(w.Context(), aid.RecipientID(good[1][0])); !errors.Is(err, aid.ErrNotFound) {
			w.Fatalf("something was written before it was confirmed: %v", err)
		}
		w.confirm(id, ani)
		if i := w.known(id); i.State != aid.ImportDone || i.Skipped != 0 {
			w.Fatalf("%s, %d skipped", i.State, i.Skipped)
		}
		p := w.place(aid.RecipientID(good[1][0]))
		if p.Recipient.Name != good[1][2] || p.Recipient.Households != 100 || p.Recipient.Point.Lat == 0 {
			w.Errorf("%+v", p.Recipient)
		}
		// The ten are mended; what is there already stays as it is.
		again := w.bring(2, intake.Recipients, ani, "rw-lagi.csv", csvOf(good))
		w.wants(again, aid.ImportPreview, 10, 0, int64(n-10), 0)
		w.confirm(again, ani)
		w.wants(again, aid.ImportDone, 10, 0, int64(n-10), 0)
		w.wants(w.bring(3, intake.Recipients, ani, "rw-lagi.csv", csvOf(good)), aid.ImportPreview, 0, 0, int64(n), 0)
	})
}

// listed brings and confirms a few RW.
func (w *world) listed(n int) [][]string {
	w.Helper()
	rows := rws(w.pack, n)
	id := w.bring(900, intake.Recipients, ani, "rw.csv", csvOf(rows))
	w.wants(id, aid.ImportPreview, int64(n), 0, 0, 0)
	w.confirm(id, ani)
	return rows
}

func TestAChangeIsMadeOnceAndTakenBack(t *testing.T) {
	eachStore(t, func(w *world) {
		rows := w.listed(30)
		first := aid.RecipientID(rows[1][0])
		before := w.place(first).Recipient
		rows[1][2], rows[1][5], rows[1][8] = "RW 001 Baru", "999", "0812-1111-2222"
		rows[2][9] = "Balai pindah"
		rows = append(rows, []string{string(w.pack.At(area.Kelurahan)[0].Code) + "-pesantren-1", "Pesantren", "Pesantren Contoh", rows[1][3], rows[1][4], "0", "80", "Bapak Contoh", "", "Jalan Contoh"})
		id := w.bring(1, intake.Recipients, ani, "rw.csv", csvOf(rows))
		w.wants(id, aid.ImportPreview, 1, 2, 28, 0)
		w.confirm(id, budi)
		w.wants(id, aid.ImportDone, 1, 2, 28, 0)
		for range 2 { // woken late, and twice
			w.wake(id)
		}
		after := w.place(first).Recipient
		contact, err := w.facts.Steward(w.Context(), first)
		w.must(err)
		if after.Name != "RW 001 Baru" || after.Households != 999 || after.Edits != 1 || contact.Phone != "+6281211112222" {
			w.Fatalf("%+v, %+v", after, contact)
		}
		acts, _, err := w.audit(table.AuditQuery{Object: "recipient/" + string(first)})
		w.must(err)
		if len(acts) != 1 || acts[0].By != budi.ID || acts[0].Reason != "pendataan kelurahan" || !strings.Contains(acts[0].After, "999") || strings.Contains(acts[0].After, "812") {
			w.Errorf("acts %+v", acts)
		}
		w.undo(id, ani)
		if i := w.known(id); i.State != aid.ImportUndone || i.Kept != 0 {
			w.Fatalf("%s, %d kept", i.State, i.Kept)
		}
		back := w.place(first).Recipient
		contact, err = w.facts.Steward(w.Context(), first)
		w.must(err)
		if !sameRecipient(back, before) || contact.Phone != "" {
			w.Errorf("taken back: %+v, %+v; want %+v", back, contact, before)
		}
		if p := w.place(aid.RecipientID(rows[31][0])); !p.Recipient.Closed {
			w.Error("a recipient that the import listed is still open")
		}
	})
}

func (w *world) audit(q table.AuditQuery) ([]table.Act, string, error) {
	return w.facts.(interface {
		Audit(context.Context, table.AuditQuery, string, int) ([]table.Act, string, error)
	}).Audit(w.Context(), q, "", 50)
}

func TestWhatSomebodyChangedMeanwhileStays(t *testing.T) {
	eachStore(t, func(w *world) {
		rows := w.listed(5)
		rows[1][2], rows[2][2] = "RW 001 Baru", "RW 002 Baru"
		id := w.bring(1, intake.Recipients, ani, "rw.csv", csvOf(rows))
		w.wants(id, aid.ImportPreview, 0, 2, 3, 0)
		edit := func(n int, name string) {
			p, leaf, err := w.facts.Place(w.Context(), aid.RecipientID(rows[n][0]))
			w.must(err)
			after := p.Recipient
			after.Name = name
			w.must(w.facts.PutRecipient(w.Context(), table.RecipientEdit{Before: p.Recipient, After: after, Leaf: leaf, By: aid.StaffAdmin, At: w.clock}))
		}
		edit(1, "RW yang dibetulkan petugas")
		w.confirm(id, ani)
		if i := w.known(id); i.State != aid.ImportDone || i.Skipped != 1 {
			w.Fatalf("%s, %d skipped; want 1", i.State, i.Skipped)
		}
		edit(2, "RW yang dibetulkan sesudahnya")
		w.undo(id, ani)
		if i := w.known(id); i.State != aid.ImportUndone || i.Kept != 1 {
			w.Fatalf("%s, %d kept; want 1", i.State, i.Kept)
		}
		for n, want := range map[int]string{1: "RW yang dibetulkan petugas", 2: "RW yang dibetulkan sesudahnya"} {
			if got := w.place(aid.RecipientID(rows[n][0])).Recipient.Name; got != want {
				w.Errorf("row %d is %q; want %q", n, got, want)
			}
		}
	})
}

// needsOf lists what each RW needs of one package.
func needsOf(rows [][]string, n int, needed func(int) int) []byte {
	list := [][]string{{"Kode", "Paket", "Jumlah", "Tanggal", "Sumber"}}
	for i := 1; i <= n; i++ {
		list = append(list, []string{rows[i][0], "Paket Sembako", fmt.Sprint(needed(i)), "01/11/2026", "kelurahan"})
	}
	return csvOf(list)
}

func TestNeedsKeepTheirCounters(t *testing.T) {
	eachStore(t, func(w *world) {
		rows := w.listed(24)
		id := w.bring(1, intake.Needs, ani, "kebutuhan.csv", needsOf(rows, 24, func(i int) int { return 100 + i }))
		w.wants(id, aid.ImportPreview, 24, 0, 0, 0)
		w.confirm(id, ani)
		w.wants(id, aid.ImportDone, 24, 0, 0, 0)
		n := w.place(aid.RecipientID(rows[3][0])).Needs
		if len(n) != 1 || n[0].Needed != 103 || n[0].Program != "pangan" || n[0].ConfirmedOn != "2026-11-01" || n[0].Remaining() != 103 {
			w.Fatalf("%+v", n)
		}
		second := w.bring(2, intake.Needs, ani, "kebutuhan.csv", needsOf(rows, 24, func(i int) int { return 95 + i }))
		if i := w.wants(second, aid.ImportPreview, 0, 24, 0, 0); i.NeedsSecond {
			w.Error("a fall of a twentieth asks for another officer")
		}
		w.confirm(second, ani)
		w.undo(second, budi)
		if i := w.known(second); i.State != aid.ImportUndone || i.Kept != 0 {
			w.Fatalf("%s, %d kept", i.State, i.Kept)
		}
		if n := w.place(aid.RecipientID(rows[3][0])).Needs; n[0].Needed != 103 || n[0].Remaining() != 103 {
			w.Errorf("taken back: %+v", n)
		}
	})
}

func TestWhereMuchWouldFallAnotherOfficerDecides(t *testing.T) {
	eachStore(t, func(w *world) {
		rows := w.listed(12)
		id := w.bring(1, intake.Needs, ani, "kebutuhan.csv", needsOf(rows, 12, func(int) int { return 100 }))
		w.confirm(id, ani)
		second := w.bring(2, intake.Needs, ani, "kebutuhan.csv", needsOf(rows, 12, func(int) int { return 10 }))
		i := w.wants(second, aid.ImportPreview, 0, 12, 0, 0)
		if _, err := i.Confirmed(ani, "Ani", w.clock); !i.NeedsSecond || !errors.Is(err, aid.ErrDenied) {
			w.Fatalf("needs another: %v; confirmed by who brought it: %v", i.NeedsSecond, err)
		}
		w.confirm(second, budi)
		w.wants(second, aid.ImportDone, 0, 12, 0, 0)
		leaf, err := w.facts.LeafOf(w.Context(), aid.RecipientID(rows[1][0]))
		w.must(err)
		if _, found, err := w.facts.Correction(w.Context(), leaf); err != nil || !found {
			w.Errorf("no correction says that the totals fell: %v", err)
		}
	})
}

func TestIndicatorsAndFlagsChangeOnlyThemselves(t *testing.T) {
	eachStore(t, func(w *world) {
		rows := w.listed(6)
		figures := [][]string{{"Kode RW", "ODP", "PDP", "Positif", "Tanggal", "Sumber"}}
		flags := [][]string{{"Kode", "Tanda", "Tanggal", "Sumber"}}
		for i := 1; i <= 6; i++ {
			figures = append(figures, []string{strings.ReplaceAll(rows[i][0], ".", ""), "3", "2", fmt.Sprint(i), "2026-11-01", "Dinkes"})
			flags = append(flags, []string{rows[i][0], "bansos-provinsi", "2 November 2026", "Dinsos"}, []string{rows[i][0], "CAP 2019", "2 November 2026", "Dinas Perumahan"})
		}
		id := w.bring(1, intake.Indicators, ani, "dinkes.csv", csvOf(figures))
		w.wants(id, aid.ImportPreview, 0, 6, 0, 0)
		w.confirm(id, ani)
		id = w.bring(2, intake.Flags, ani, "bansos.csv", csvOf(flags))
		w.wants(id, aid.ImportPreview, 0, 6, 0, 0) // two flags each: one change each
		w.confirm(id, ani)
		r := w.place(aid.RecipientID(rows[4][0])).Recipient
		if len(r.Indicators) != 3 || r.Indicators[2].Value != 4 || len(r.Flags) != 2 || r.Flags[0].Source != "Dinsos" || r.Name != rows[4][2] || r.Edits != 2 {
			w.Errorf("%+v", r)
		}
	})
}

func TestColumnsNobodyKnowsAreAskedForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	rows := rws(w.pack, 3)
	rows[0] = []string{"Lokus", "Jenis", "Sebutan", "Lintang", "Bujur", "KK", "Jiwa", "Ketua", "HP", "Alamat"}
	id := w.bring(1, intake.Recipients, ani, "lain.csv", csvOf(rows))
	i := w.wants(id, aid.ImportMapping, 0, 0, 0, 0)
	if i.Columns[0].Name != "Lokus" || i.Columns[0].Field != "" || i.Columns[0].Sample[2] != rows[3][0] || i.Columns[5].Field != "households" || i.Columns[8].Field != "phone" {
		t.Fatalf("%+v", i.Columns)
	}
	columns := i.Columns
	columns[0].Field, columns[2].Field = "code", "name"
	var fields, headers []string
	for _, c := range columns {
		fields, headers = append(fields, c.Field), append(headers, c.Name)
	}
	w.must(w.facts.RememberMapping(t.Context(), i.List, intake.HeaderKey(headers), fields, nil))
	after, err := i.Mapped(columns, nil)
	w.must(err)
	w.must(w.facts.PutListImport(t.Context(), i, after))
	w.wake(id)
	w.wants(id, aid.ImportPreview, 3, 0, 0, 0)
	w.wants(w.bring(2, intake.Recipients, ani, "lain.csv", csvOf(rows)), aid.ImportPreview, 3, 0, 0, 0)
}

func TestHeadersMayStandBelowATitle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	for n, c := range []struct {
		body  string
		row   int
		names string
	}{
		{"Daftar RW;;\n\nKode;Nama;KK\n1;2;3\n", 3, "Kode/Nama/KK"},
		{"Lokus;Sebutan\n1;2\n3;4\n", 1, "Lokus/Sebutan"},
		{"dikirim kelurahan\nper 1 Maret;2026\nKode RW;Nama RW\n1;2\n", 3, "Kode RW/Nama RW"},
	} {
		i := w.known(w.bring(n, intake.Recipients, ani, "x.csv", []byte(c.body)))
		var names []string
		for _, column := range i.Columns {
			names = append(names, column.Name)
		}
		if i.HeadRow != c.row || strings.Join(names, "/") != c.names {
			t.Errorf("%q: headers %q in row %d", c.body, names, i.HeadRow)
		}
	}
}

// A contact is shown to whoever says why, and to nobody else: not as a sample of
// a column, nor as what is wrong with a row, nor in the trail.
func TestContactsOfAListAreShownNowhere(t *testing.T) {
	eachStore(t, func(w *world) {
		rows := rws(w.pack, 4)
		for n := range rows[1:] {
			rows[n+1][8] = fmt.Sprintf("08129999777%d", n)
		}
		rows[3][8] += " x"
		rows[0][8] = "Ponsel beliau"
		id := w.bring(1, intake.Recipients, ani, "rw.csv", csvOf(rows))
		i := w.wants(id, aid.ImportMapping, 0, 0, 0, 0)
		i.Columns[8].Field = "phone"
		after, err := i.Mapped(i.Columns, nil)
		w.must(err)
		w.must(w.facts.PutListImport(w.Context(), i, after))
		w.wake(id)
		w.wants(id, aid.ImportPreview, 3, 0, 0, 1)
		shown := w.errors(w.known(id)) + fmt.Sprint(i.Columns)
		w.confirm(id, ani)
		contact, err := w.facts.Steward(w.Context(), aid.RecipientID(rows[1][0]))
		if w.must(err); contact.Phone != "+6281299997770" {
			w.Fatalf("%+v", contact)
		}
		acts, _, err := w.audit(table.AuditQuery{Officer: ani.ID})
		w.must(err)
		if shown += fmt.Sprint(acts); len(acts) == 0 || strings.Contains(shown, "9997") {
			w.Errorf("%s", shown)
		}
	})
}

func TestAFileThatIsNoListIsRefusedInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	for n, c := range []struct{ body, says string }{
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 xls", "XLS lama"},
		{"PK\x03\x04 rusak", "rusak"},
		{"\n\n", "kosong"},
		{strings.Repeat("satu\n", 60), "judul kolom"},
	} {
		id := w.bring(n, intake.Recipients, ani, "x", []byte(c.body))
		if i := w.known(id); i.State != aid.ImportRefused || !strings.Contains(i.Problem, c.says) {
			t.Errorf("%q is %s: %q", c.body[:6], i.State, i.Problem)
		}
		w.wake(id)
	}
	// Another file in its place than the one announced.
	i := aid.ListImport{ID: "0198c0de-0000-7000-8000-00000000a990", Version: 1, List: "needs", Length: 3, SHA256: strings.Repeat("0", 64), State: aid.ImportAwaited, At: morning}
	w.must(w.facts.PutListImport(t.Context(), aid.ListImport{}, i))
	w.vault.Slip(i.OriginalPath(), []byte("a;b\n"))
	w.wake(i.ID)
	if i := w.known(i.ID); i.State != aid.ImportRefused || i.Problem != otherFile {
		t.Errorf("%s: %q", i.State, i.Problem)
	}
	for _, key := range []string{"imports/none/original", "imports/x", "original/a/b/c", "imports//go/x"} {
		w.must(w.server.handle(t.Context(), eventOf(t, key)))
	}
}

func TestAnOfficerOfOneKelurahanListsOnlyThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	rows := rws(w.pack, 24)
	own := area.Code(rows[1][0]).At(area.Kelurahan)
	id := w.bring(1, intake.Recipients, aid.Staff{ID: "citra", Role: aid.StaffAssessor, Areas: []area.Code{own}}, "rw.csv", csvOf(rows))
	i := w.wants(id, aid.ImportPreview, 12, 0, 0, 12)
	if !strings.Contains(w.errors(i), "di luar wilayah Anda") {
		t.Error(w.errors(i))
	}
}

// cutOff is a store whose process ends after so many changes.
type cutOff struct {
	facts
	left atomic.Int64
}

var errCutOff = errors.New("process ended")

func (c *cutOff) PutRows(ctx context.Context, rows []table.RowEdit) error {
	if c.left.Add(-int64(len(rows))) < 0 {
		return errCutOff
	}
	return c.facts.PutRows(ctx, rows)
}

func TestARunThatWasCutOffIsContinued(t *testing.T) {
	eachStore(t, func(w *world) {
		rows := w.listed(620)
		id := w.bring(1, intake.Needs, ani, "kebutuhan.csv", needsOf(rows, 620, func(int) int { return 50 }))
		i := w.wants(id, aid.ImportPreview, 620, 0, 0, 0)
		after, err := i.Confirmed(ani, "Ani", w.clock)
		w.must(err)
		w.must(w.facts.PutListImport(w.Context(), i, after))
		whole := w.facts
		steps := 0
		for ; w.known(id).State != aid.ImportDone && steps < 6; steps++ {
			dying := &cutOff{facts: whole}
			dying.left.Store(550)
			w.server.store = dying
			if err := w.server.handle(w.Context(), eventOf(w, "imports/"+string(id)+"/go/x")); err != nil && !errors.Is(err, errCutOff) {
				w.Fatal(err)
			}
			w.clock = w.clock.Add(leaseFor)
		}
		w.server.store = whole
		if i := w.known(id); i.State != aid.ImportDone || i.Skipped != 0 || steps < 2 {
			w.Fatalf("%s after %d runs, %d skipped", i.State, steps, i.Skipped)
		}
		for _, r := range rows[1:] {
			if n := w.place(aid.RecipientID(r[0])).Needs; len(n) != 1 || n[0].Needed != 50 || len(n[0].Earlier) != 1 {
				w.Fatalf("%s: %+v", r[0], n)
			}
		}
	})
}

func TestTwoImportsAreWrittenOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	first := w.bring(1, intake.Recipients, ani, "satu.csv", csvOf(rws(w.pack, 10)))
	w.must(w.facts.LeaseImports(t.Context(), "another", w.clock, w.clock.Add(time.Hour)))
	i := w.known(first)
	after, err := i.Confirmed(ani, "Ani", w.clock)
	w.must(err)
	w.must(w.facts.PutListImport(t.Context(), i, after))
	if err := w.server.handle(t.Context(), eventOf(t, i.GoPath("confirm"))); !errors.Is(err, aid.ErrBusy) {
		t.Fatalf("while another import is written: %v", err)
	}
	w.wants(first, aid.ImportConfirmed, 10, 0, 0, 0)
	w.must(w.facts.LeaseImports(t.Context(), "another", w.clock, w.clock))
	second := w.bring(2, intake.Recipients, ani, "dua.csv", csvOf(rws(w.pack, 12)))
	w.confirm(second, ani)
	w.wants(second, aid.ImportDone, 12, 0, 0, 0)
	// Whoever was done woke the one that waited.
	if versions, _ := w.vault.Versions(i.GoPath(fmt.Sprintf("next-%d", w.runs))); len(versions) != 1 {
		t.Fatal("the import that waits was not woken")
	}
	w.wake(first)
	if i := w.known(first); i.State != aid.ImportDone || i.Skipped != 0 {
		t.Errorf("%s, %d skipped", i.State, i.Skipped)
	}
}
