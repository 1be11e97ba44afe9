package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/web/webtest"
)

// content is the nth file of as many as a test needs.
func content(n int) []byte { return bytes.Repeat([]byte{byte(n), byte(n >> 8)}, 500) }

func announcement(n int) object {
	sum := sha256.Sum256(content(n))
	return object{"kind": "photo", "type": "image/jpeg", "length": 1000, "sha256": hex.EncodeToString(sum[:])}
}

// announce announces the nth file and returns its id.
func (w *world) announce(s submitted, n int, kind aid.EvidenceKind) aid.EvidenceID {
	w.Helper()
	got := w.Want(201, "POST", s.path+"/evidence", s.secret, with(announcement(n), "kind", kind))
	id, _ := got.Get("id").(string)
	return aid.EvidenceID(id)
}

// judge does as evidence-intake.
func (w *world) judge(s submitted, id aid.EvidenceID, state aid.EvidenceState, refusal aid.EvidenceRefusal) {
	w.Helper()
	e, err := w.store.Evidence(w.Context(), table.EvidenceRef{Recipient: pasir1, Commitment: s.id, ID: id})
	if err != nil {
		w.Fatal(err)
	}
	e.State, e.Refusal, e.CheckedAt = state, refusal, w.clock()
	if err := w.store.JudgeEvidence(w.Context(), e); err != nil {
		w.Fatal(err)
	}
}

func TestAnnouncedFileAndNoOtherMayBeUploaded(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		got := w.Want(201, "POST", s.path+"/evidence", s.secret, announcement(1))
		id, _ := got.Get("id").(string)
		if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
			w.Errorf("id %q; want 128 random bits", id)
		}
		path := "original/" + string(pasir1) + "/" + string(s.id) + "/" + id
		url, _ := got.Get("url").(string)
		if !strings.Contains(url, path) {
			w.Errorf("leave for %s; want %s", url, path)
		}
		put := func(body []byte) int {
			r, err := http.NewRequestWithContext(w.Context(), "PUT", url, bytes.NewReader(body))
			if err != nil {
				w.Fatal(err)
			}
			headers, _ := got.Get("headers").(map[string]any)
			for name, value := range headers {
				text, _ := value.(string)
				r.Header.Set(name, text)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				w.Fatal(err)
			}
			answer.Body.Close()
			return answer.StatusCode
		}
		if status := put(content(2)); status < 400 {
			w.Errorf("another file: %d", status)
		}
		if status := put(content(1)); status != 200 {
			w.Errorf("the file: %d", status)
		}
		if kept, err := w.vault.Get(w.Context(), path, "", 2000); err != nil || !bytes.Equal(kept.Body, content(1)) {
			w.Errorf("kept %d bytes, %v", len(kept.Body), err)
		}
		// An answer that was lost is asked for again, and is about the same file.
		if again := w.Want(201, "POST", s.path+"/evidence", s.secret, announcement(1)); again.Get("id") != id {
			w.Errorf("again: %s; want the same id", again.Body)
		}
		if other := w.Want(201, "POST", s.path+"/evidence", s.secret, announcement(2)); other.Get("id") == id {
			w.Errorf("another file got the same id")
		}
	})
}

func TestAnnouncementsThatCannotBecomeEvidenceAreRefused(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		good := announcement(1)
		for name, wrong := range map[string]object{
			"kind of another": with(good, "kind", "complaint"), "no kind": with(good, "kind", ""), "type": with(good, "type", "image/gif"), "empty": with(good, "length", 0),
			"too large": with(good, "length", aid.MaxEvidenceBytes+1), "hash": with(good, "sha256", "x"), "hash in capitals": with(good, "sha256", strings.Repeat("A", 64)),
		} {
			if got := w.Send("POST", s.path+"/evidence", s.secret, wrong); got.Slug() != "invalid" {
				w.Errorf("%s: %d %s; want it invalid", name, got.Status, got.Body)
			}
		}
		if all, err := w.store.EvidenceOf(w.Context(), pasir1, s.id); err != nil || len(all) != 0 {
			w.Errorf("%d files were recorded, %v", len(all), err)
		}
	})
}

func TestFilesOfOneCommitmentAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	s := w.pledge(w.form(4))
	var wg sync.WaitGroup
	for i := range aid.MaxEvidenceFiles + 5 {
		wg.Go(func() {
			if got := w.Send("POST", s.path+"/evidence", s.secret, announcement(i)); got.Status != 201 && got.Slug() != "quota" {
				w.Errorf("file %d: %d %s", i, got.Status, got.Body)
			}
		})
	}
	wg.Wait()
	if all, err := w.store.EvidenceOf(w.Context(), pasir1, s.id); err != nil || len(all) != aid.MaxEvidenceFiles {
		w.Errorf("%d files, %v; want %d", len(all), err, aid.MaxEvidenceFiles)
	}
	w.pass(48 * 3600e9)
	w.Refused(429, "quota", "POST", s.path+"/evidence", s.secret, announcement(1000))
}

// late is a store that tells of no file yet, as to those who all ask at once.
type late struct{ tabletest.Store }

func (late) EvidenceOf(context.Context, aid.RecipientID, aid.CommitmentID) ([]aid.Evidence, error) {
	return nil, nil
}

func TestFilesAnnouncedAtOnceAreBoundedToo(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.pledge(w.form(4))
		w.server.store = late{w.store}
		for i := range aid.MaxEvidenceFiles {
			w.Want(201, "POST", s.path+"/evidence", s.secret, announcement(i))
		}
		w.Refused(429, "quota", "POST", s.path+"/evidence", s.secret, announcement(1000))
	})
}

func TestCollaboratorLearnsHowAFileWasJudged(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		photo, broken, scan := w.announce(s, 1, aid.EvidencePhoto), w.announce(s, 2, aid.EvidencePhoto), w.announce(s, 3, aid.EvidenceStatement)
		if got := w.Want(200, "GET", s.path+"/evidence/"+string(photo), s.secret, nil); got.Get("state") != "awaited" || got.Get("preview") != nil {
			w.Errorf("awaited: %s", got.Body)
		}
		w.judge(s, photo, aid.EvidenceAccepted, "")
		w.judge(s, broken, aid.EvidenceRefused, aid.RefusedBroken)
		got := w.Want(200, "GET", s.path+"/evidence/"+string(photo), s.secret, nil)
		preview, _ := got.Get("preview").(string)
		if got.Get("state") != "accepted" || !strings.Contains(preview, "thumb/"+string(pasir1)+"/"+string(s.id)+"/"+string(photo)+".jpg") {
			w.Errorf("accepted: %s", got.Body)
		}
		if got := w.Want(200, "GET", s.path+"/evidence/"+string(broken), s.secret, nil); got.Get("refusal") != "broken" || got.Get("preview") != nil {
			w.Errorf("refused: %s", got.Body)
		}
		w.Refused(404, "not-found", "GET", s.path+"/evidence/0000", s.secret, nil)
		if got := w.Want(200, "GET", s.path, s.secret, nil); got.Get("evidence", 2) == nil || got.Get("evidence", 3) != nil || got.Get("evidence", 0, "preview") != nil {
			w.Errorf("all files: %s", got.Body)
		}
		for name, wrong := range map[string]aid.EvidenceID{"a refused file": broken, "a statement": scan} {
			if got := w.Send("PUT", s.path+"/deliveries/"+webtest.UUID(w.T), s.secret, with(delivery(1), "evidence", []aid.EvidenceID{wrong})); got.Slug() != "invalid" {
				w.Errorf("%s: %d %s", name, got.Status, got.Body)
			}
		}
		if got := w.Send("PUT", s.path+"/deliveries/"+webtest.UUID(w.T), s.secret, with(delivery(1), "evidence", []aid.EvidenceID{photo, photo})); got.Slug() != "invalid" {
			w.Errorf("twice: %d %s", got.Status, got.Body)
		}
		put := s.path + "/deliveries/" + webtest.UUID(w.T)
		first := w.Want(200, "PUT", put, s.secret, with(delivery(1), "evidence", []aid.EvidenceID{photo}))
		if first.Get("deliveries", 0, "evidence", 0) != string(photo) {
			w.Errorf("reported: %s", first.Body)
		}
	})
}

// A file that was refused after it was named stays named: what was reported is
// not reported otherwise.
func TestRepeatedReportAsksNothingOfItsFilesAgain(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		s := w.signed(4)
		photo := w.announce(s, 1, aid.EvidencePhoto)
		put, body := s.path+"/deliveries/"+webtest.UUID(w.T), with(delivery(1), "evidence", []aid.EvidenceID{photo})
		w.Want(200, "PUT", put, s.secret, body)
		w.judge(s, photo, aid.EvidenceRefused, aid.RefusedDifferent)
		w.Want(200, "PUT", put, s.secret, body)
	})
}

func TestLeaveThatCannotBeSignedIsAFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	s := w.pledge(w.form(4))
	w.server.files = lostFiles{}
	w.Refused(500, "fault", "POST", s.path+"/evidence", s.secret, announcement(1))
	w.Refused(500, "fault", "POST", s.path+"/signature", s.secret, object{"signedBy": "Siti"})
	if c := w.read(s.id); !c.SignedAt.IsZero() {
		t.Error("signed without a statement")
	}
	w.server.files = w.vault
	w.Want(201, "POST", s.path+"/evidence", s.secret, announcement(1))
	w.sign(s)
}
