package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/document"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

// lostFiles is a bucket that cannot be reached.
type lostFiles struct{}

var errLost = errors.New("no route to the bucket")

func (lostFiles) SignPut(context.Context, string, blob.Upload) (blob.Signed, error) {
	return blob.Signed{}, errLost
}

func (lostFiles) SignGet(context.Context, string, string, string, string) (blob.Signed, error) {
	return blob.Signed{}, errLost
}

func (lostFiles) Get(context.Context, string, string, int64) (blob.Kept, error) {
	return blob.Kept{}, errLost
}
func (lostFiles) Put(context.Context, string, string, []byte) error { return errLost }
func (lostFiles) Remove(context.Context, string) error              { return errLost }

func (w *world) pdf(s submitted, path string) webtest.Answer {
	w.Helper()
	got := w.Want(200, "GET", s.path+path, s.secret, nil)
	if !strings.HasPrefix(got.Body, "%PDF-") || got.Headers["Content-Type"] != "application/pdf" || got.Headers["Cache-Control"] != "no-store" ||
		!strings.HasPrefix(got.Headers["Content-Disposition"], `inline; filename="`) {
		w.Errorf("%s: %v %.20q; want a PDF", path, got.Headers, got.Body)
	}
	return got
}

func TestSignedStatementIsFrozen(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		draft := w.pdf(s, "/letter.pdf")
		w.pass(time.Hour)
		if again := w.pdf(s, "/letter.pdf"); again.Body != draft.Body {
			w.Error("the draft changed, and nothing else did")
		}
		first := w.sign(s)
		if first.Get("state") != "signed" || first.Get("signedAt") != "2025-09-10T05:00:00Z" {
			w.Errorf("signed: %s", first.Body)
		}
		frozen := w.pdf(s, "/letter.pdf")
		if fingerprint := document.Fingerprint([]byte(frozen.Body)); first.Get("letter") != fingerprint || frozen.Body == draft.Body {
			w.Errorf("fingerprint %v; the statement has %s", first.Get("letter"), fingerprint)
		}
		w.pass(time.Hour)
		w.Want(200, "POST", s.path+"/contacted", s.secret, nil)
		w.Want(200, "POST", s.path+"/schedule", s.secret, object{"on": "2025-09-12"})
		if again := w.Want(200, "POST", s.path+"/signature", s.secret, object{"signedBy": "Orang Lain"}); again.Get("letter") != first.Get("letter") {
			w.Errorf("signed again: %s; want the first", again.Body)
		}
		if again := w.pdf(s, "/letter.pdf"); again.Body != frozen.Body {
			w.Error("the statement changed after it was signed")
		}
		credential, err := w.store.Credential(w.Context(), s.id)
		if err != nil || credential.Statement.SignedBy != "Siti Contoh" {
			w.Errorf("statement %+v, %v", credential.Statement, err)
		}
		for name, wrong := range map[string]object{"nothing": {}, "blank": {"signedBy": "  "}, "both": {"signedBy": "Siti", "evidence": "x"}, "bidi": {"signedBy": "a\u202e"}, "long": {"signedBy": strings.Repeat("a", 81)}} {
			if got := w.Send("POST", s.path+"/signature", s.secret, wrong); got.Slug() != "invalid" {
				w.Errorf("%s: %d %s", name, got.Status, got.Body)
			}
		}
	})
}

// The statement was kept, and then the answer or the process was lost.
func TestSignatureThatBrokeOffIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	s := w.pledge(w.form(4))
	w.server.store = troubled{Store: w.store, pledge: errors.New("lost")}
	w.Refused(500, "fault", "POST", s.path+"/signature", s.secret, object{"signedBy": "Siti Contoh"})
	w.server.store = w.store
	w.pass(time.Hour)
	got := w.sign(s)
	if kept := w.pdf(s, "/letter.pdf"); got.Get("letter") != document.Fingerprint([]byte(kept.Body)) {
		t.Errorf("letter %v is not what is kept", got.Get("letter"))
	}
}

func TestWhoMayNotSignLeavesNoStatementBehind(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.submit(w.form(4))
		w.Refused(409, "state", "POST", s.path+"/signature", s.secret, object{"signedBy": "Siti Contoh"})
		if _, err := w.vault.Get(w.Context(), s.id.StatementPath(), "", 10); !errors.Is(err, aid.ErrNotFound) {
			w.Errorf("kept: %v", err)
		}
	})
}

func TestScanOfAHandSignedStatementIsEqual(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		photo, scan := w.announce(s, 1, aid.EvidencePhoto), w.announce(s, 2, aid.EvidenceStatement)
		w.judge(s, photo, aid.EvidenceAccepted, "")
		for name, id := range map[string]aid.EvidenceID{"unknown": "0000", "a photo": photo, "not checked yet": scan} {
			if got := w.Send("POST", s.path+"/signature", s.secret, object{"evidence": id}); got.Slug() != "invalid" {
				w.Errorf("%s: %d %s", name, got.Status, got.Body)
			}
		}
		w.judge(s, scan, aid.EvidenceAccepted, "")
		got := w.Want(200, "POST", s.path+"/signature", s.secret, object{"evidence": scan})
		if got.Get("letter") != "sha256-"+announcement(2)["sha256"].(string) {
			w.Errorf("signed: %s", got.Body)
		}
		w.Refused(404, "not-found", "GET", s.path+"/letter.pdf", s.secret, nil)
		w.report(s, 4)
	})
}

func TestManySignaturesAtOnceKeepOneStatement(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				w.pass(time.Second)
				w.sign(s)
			})
		}
		wg.Wait()
		kept := w.pdf(s, "/letter.pdf")
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("letter") != document.Fingerprint([]byte(kept.Body)) {
			w.Errorf("letter %v is not what is kept", got.Get("letter"))
		}
	})
}

func TestSheetIsOfTheHandOverThatIsNext(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		first := w.pdf(s, "/bast.pdf")
		if !strings.Contains(first.Headers["Content-Disposition"], string(s.id.BAST(1))) {
			w.Errorf("named %s", first.Headers["Content-Disposition"])
		}
		w.pass(time.Hour)
		if again := w.pdf(s, "/bast.pdf"); again.Body != first.Body {
			w.Error("the sheet changed, and nothing else did")
		}
		d := w.report(s, 3)
		if same := w.pdf(s, "/bast.pdf"); !strings.Contains(same.Headers["Content-Disposition"], string(s.id.BAST(1))) {
			w.Errorf("while it waits for an answer: named %s", same.Headers["Content-Disposition"])
		}
		w.receives(s.id, d, aid.Full)
		if next := w.pdf(s, "/bast.pdf"); !strings.Contains(next.Headers["Content-Disposition"], string(s.id.BAST(2))) {
			w.Errorf("next: named %s", next.Headers["Content-Disposition"])
		}
		receipt := w.pdf(s, "/receipt.pdf")
		w.receives(s.id, w.report(s, 1), aid.Full)
		w.Refused(409, "state", "GET", s.path+"/bast.pdf", s.secret, nil)
		if last := w.pdf(s, "/receipt.pdf"); last.Body == receipt.Body {
			w.Error("the receipt does not know of the second delivery")
		}
	})
}

func TestPapersHoldNoContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	s := w.signed(4)
	c := w.read(s.id)
	p, err := w.server.pledge(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if p.Area != "Kelurahan Pasir, Kecamatan Karang Utara, Kota Karang" || p.Giver != "Siti Contoh" || p.Class != "Perorangan" || p.Kind != "Padukuhan" ||
		p.Program != "Air Bersih" || p.Page != "https://ksbb.example/lokasi/34.71.01.1001.001/" || p.Letter != c.Letter || len(p.Items) != 1 || p.Items[0].Name != "Tangki Air" {
		t.Errorf("pledge %+v", p)
	}
	for address, want := range map[string]bool{"Jalan Pasir 3, Pasir, Karang Utara, Kota Karang": true, "Jalan Pasir 3, Karang Utara": false, "": false} {
		if w.server.saysWhere(aid.Recipient{Area: "34.71.01.1001.001", Address: address}) != want {
			t.Errorf("%q names every area: want %v", address, want)
		}
	}
	c.Name = ""
	if p, err = w.server.pledge(t.Context(), c); err != nil || p.Giver != aid.HambaAllah {
		t.Errorf("giver %q, %v; want no name that is not public", p.Giver, err)
	}
	d := w.server.delivered(c, aid.Delivery{Received: []int64{3}, Quantities: []int64{4}, Answer: aid.Fewer, Via: aid.ViaBAST, Evidence: []aid.EvidenceID{"a", "b"}},
		[]aid.Evidence{{ID: "a", State: aid.EvidenceAccepted, SHA256: "1"}, {ID: "b", State: aid.EvidenceRefused, SHA256: "2"}})
	// A tangki is 350,000 rupiah and 50 household-days.
	if d.Value != 1_050_000 || d.HouseholdDays != 150 || d.Answer != "diterima sebagian" || d.Via != "kode pada lembar BAST" || len(d.Evidence) != 1 {
		t.Errorf("delivered %+v", d)
	}
}

func TestEveryAnswerAndWayHasItsWord(t *testing.T) {
	t.Parallel()
	for _, a := range []aid.Answer{aid.Full, aid.Fewer, aid.None} {
		if answers[a] == "" {
			t.Errorf("answer %s", a)
		}
	}
	for _, v := range []aid.Via{aid.ViaSteward, aid.ViaHandover, aid.ViaBAST, aid.ViaOfficer} {
		if ways[v] == "" {
			t.Errorf("way %s", v)
		}
	}
}
