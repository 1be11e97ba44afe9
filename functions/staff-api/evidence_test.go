package main

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

// brings has a member of staff announce a file, and returns it.
func (w *world) brings(id aid.CommitmentID, kind aid.EvidenceKind, content string) (aid.Evidence, webtest.Answer) {
	w.Helper()
	path, body := w.bringing(id, kind, content)
	leave := w.Want(201, "POST", path, "", body)
	return w.evidenceOf(id, leave.Text("id")), leave
}

func (w *world) evidenceOf(id aid.CommitmentID, file string) aid.Evidence {
	w.Helper()
	e, err := w.store.Evidence(w.Context(), table.EvidenceRef{Recipient: w.read(id).Recipient, Commitment: id, ID: aid.EvidenceID(file)})
	if err != nil {
		w.Fatal(err)
	}
	return e
}

func TestAnOfficerKeepsThePaperThatWasSigned(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		w.sign(id)
		d := w.report(id, 4)
		lurah, vera := w.as(aid.StaffKelurahan, "lurah", pasirArea), w.as(aid.StaffVerifier, "vera")
		scan, leave := lurah.brings(id, aid.EvidenceBAST, "pindaian")
		if !scan.ByStaff || scan.State != aid.EvidenceAwaited || !strings.Contains(leave.Text("url"), scan.Path()) {
			t.Errorf("leave for %+v: %s", scan, leave.Body)
		}
		put := func(content string) int {
			r, err := http.NewRequestWithContext(w.Context(), "PUT", leave.Text("url"), bytes.NewReader([]byte(content)))
			if err != nil {
				t.Fatal(err)
			}
			headers, _ := leave.Get("headers").(map[string]any)
			for name, value := range headers {
				text, _ := value.(string)
				r.Header.Set(name, text)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			return answer.StatusCode
		}
		if status := put("lainnya!"); status < 400 {
			t.Errorf("another file: %d", status)
		}
		if status := put("pindaian"); status != 200 {
			t.Errorf("the file: %d", status)
		}
		w.accept(scan, "pindaian")

		got := vera.reviews(id, scan, "approved")
		if got.Get("evidence", 0, "staff") != true || got.Get("evidence", 0, "own") != false {
			t.Errorf("to a colleague it is %s", got.Body)
		}
		// One officer brought it and another found it good: the first may say what
		// was received.
		got = lurah.decides(id, "receipt", object{"delivery": d, "answer": "full", "evidence": []aid.EvidenceID{scan.ID}})
		if got.Text("commitment", "state") != "received" {
			t.Errorf("after the receipt: %s", got.Body)
		}
		w.balanced(pasir)
		bring := w.acts()[2]
		if bring.Action != "bring" || bring.By != "lurah" || bring.Object != "commitment/"+string(id) || !strings.Contains(bring.After, string(scan.ID)) {
			t.Errorf("the trail says %+v", bring)
		}
	})
}

func TestWhoBringsAFileDoesNotReviewIt(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		vera, wira := w.as(aid.StaffVerifier, "vera"), w.as(aid.StaffVerifier, "wira")
		// Of two files each officer brought one.
		hers, _ := vera.brings(id, aid.EvidenceBAST, "pindaian")
		his, _ := wira.brings(id, aid.EvidenceBAST, "pindaian")
		if hers.ID == his.ID {
			t.Fatal("what another brings is the same file")
		}
		w.accept(hers, "pindaian")
		w.accept(his, "pindaian")
		for _, decision := range []string{"approved", "rejected"} {
			vera.refused(404, "not-found", "POST", reviewPath(hers), object{"id": w.uuid(), "commitment": id, "decision": decision, "reason": "dilihat sendiri"})
		}
		if e := w.evidenceOf(id, string(hers.ID)); e.Review != "" {
			t.Errorf("one's own file is %s", e.Review)
		}
		mine := map[string]bool{}
		for _, i := range vera.items("/v1/staff/queue?tab=evidence") {
			mine[i["id"].(string)] = i["mine"].(bool)
		}
		if !mine[string(hers.ID)] || mine[string(his.ID)] || len(mine) != 2 {
			t.Errorf("of the files that wait, these are one's own: %v", mine)
		}
		got := vera.get(commitmentPath(id))
		for i, e := range []bool{got.Text("evidence", 0, "id") == string(hers.ID), got.Text("evidence", 1, "id") == string(hers.ID)} {
			if got.Get("evidence", i, "own") != e {
				t.Errorf("file %d: %s; want it one's own: %t", i, got.Body, e)
			}
		}
		vera.reviews(id, his, "approved")
		wira.reviews(id, hers, "approved")
	})
}

func TestACaseTellsWhatWasDoneAboutItsFilesToo(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		vera := w.as(aid.StaffVerifier, "vera")
		photo := w.file(id, aid.EvidencePhoto, "foto")
		vera.post(workPath(id)+"/notes", object{"id": w.uuid(), "text": "lihat fotonya"})
		w.pass(time.Minute)
		vera.reviews(id, photo, "rejected")
		w.pass(time.Minute)
		vera.decides(id, "contacted", nil)
		w.pass(time.Minute)
		vera.reviews(id, photo, "reopen")
		want := []string{"reopen " + string(photo.ID), "contacted ", "rejected " + string(photo.ID), "note "}
		for _, path := range []string{commitmentPath(id), workPath(id), "/v1/staff/work/evidence/" + string(photo.ID) + "?commitment=" + string(id)} {
			got, said := vera.get(path), []string{}
			history, _ := got.Get("history").([]any)
			for i := range history {
				if got.Get("history", i, "action") != nil {
					said = append(said, got.Text("history", i, "action")+" "+got.Text("history", i, "evidence"))
				}
			}
			if !slices.Equal(said, want) {
				t.Errorf("%s tells %q; want %q", path, said, want)
			}
		}
	})
}

func TestAnAggregatorBringsTheStatementBeforeItIsSigned(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledgeVia(sukarelawan, pasir, 2, siti)
		mitra := w.as(aid.StaffAggregator, "mitra")
		scan, _ := mitra.brings(id, aid.EvidenceStatement, "surat")
		path, body := mitra.decision(id, "sign", object{"evidence": []aid.EvidenceID{scan.ID}})
		mitra.refused(422, "invalid", "POST", path, body) // nobody has checked it yet
		w.accept(scan, "surat")
		if got := mitra.decides(id, "sign", object{"evidence": []aid.EvidenceID{scan.ID}}); got.Get("commitment", "signedAt") == nil {
			t.Errorf("signed: %s", got.Body)
		}
		photo, _ := mitra.brings(id, aid.EvidencePhoto, "foto")
		got := mitra.decides(id, "report", object{"delivery": w.uuid(), "on": "2025-09-10", "quantities": []int64{2}, "evidence": []aid.EvidenceID{photo.ID}})
		if got.Text("commitment", "deliveries", 0, "evidence", 0) != string(photo.ID) {
			t.Errorf("reported: %s", got.Body)
		}
	})
}

func TestAFileBroughtTwiceIsOneFile(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		vera := w.as(aid.StaffVerifier, "vera")
		path, body := w.bringing(id, aid.EvidencePhoto, "foto")
		const senders = 6
		leaves := make([]webtest.Answer, senders)
		var wait sync.WaitGroup
		for i := range senders {
			wait.Go(func() { leaves[i] = vera.Send("POST", path, "", body) })
		}
		wait.Wait()
		w.pass(time.Minute)
		again := vera.Want(201, "POST", path, "", body)
		if again.Text("url") == "" || w.evidenceOf(id, again.Text("id")).ID == "" {
			t.Errorf("asked again: %s", again.Body)
		}
		if n := w.records(); n != 1 {
			t.Errorf("%d records of one request", n)
		}
		// The same request for another file, or of another officer, is a mistake.
		_, other := w.bringing(id, aid.EvidencePhoto, "foto lain")
		other.(object)["id"] = body.(object)["id"]
		vera.refused(409, "already-exists", "POST", path, other)
		w.as(aid.StaffVerifier, "wira").refused(409, "already-exists", "POST", path, body)
	})
}

func TestWhatStaffBringHasTheSameLimits(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := w.pledge(pasir, 4, 0, siti)
		vera := w.as(aid.StaffVerifier, "vera")
		path, good := w.bringing(id, aid.EvidenceBAST, "pindaian")
		for name, wrong := range map[string]any{"kind": "complaint", "type": "image/gif", "length": aid.MaxEvidenceBytes + 1, "sha256": strings.Repeat("A", 64)} {
			body := object{}
			for k, v := range good.(object) {
				body[k] = v
			}
			body[name] = wrong
			vera.refused(422, "invalid", "POST", path, body)
		}
		for n := range aid.MaxEvidenceFiles {
			w.file(id, aid.EvidencePhoto, fmt.Sprint("foto ", n))
		}
		vera.refused(429, "quota", "POST", path, good)

		over := w.pledge(pasir, 1, 0, siti)
		vera.decides(over, "withdraw", object{"slug": "other"})
		path, body := w.bringing(over, aid.EvidenceBAST, "pindaian")
		vera.refused(409, "state", "POST", path, body)
		if n := w.records(); n != 1 {
			t.Errorf("%d records; want the withdrawal alone", n)
		}
	})
}
