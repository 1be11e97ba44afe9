package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/table"
)

func TestAComplaintGetsATicketAndALink(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := newUUID(w.T)
		got := w.want(201, "PUT", "/v1/complaints/"+id, "", w.form())
		if got.text("ticket") != aid.ComplaintID(id).Ticket() || !strings.HasPrefix(got.text("secret"), "a.") || got.text("dueBy") != "2025-09-17T04:00:00Z" {
			w.Errorf("answered %s", got.body)
		}
		seen := w.want(200, "GET", "/v1/complaints/"+id, got.text("secret"), nil)
		if seen.text("state") != "received" || seen.text("class") != "levy" || seen.text("messages", 0, "from") != "you" ||
			seen.text("messages", 0, "at") != "2025-09-10T04:00:00Z" || seen.get("open") != true {
			w.Errorf("stands at %s", seen.body)
		}
		if strings.Contains(seen.body, canary) || strings.Contains(got.body, canary) {
			w.Error("the complaint itself is shown again")
		}
		stored, err := w.store.Complaint(w.Context(), aid.ComplaintID(id))
		if err != nil || stored.About.Recipient != pasir || stored.Area != "34.71.01.1001" {
			w.Errorf("stored %+v, %v", stored, err)
		}
		texts, email, err := w.store.Reports(w.Context(), aid.ComplaintID(id))
		if err != nil || texts[aid.MessageID(id)] != "Diminta Rp5.000 per paket.\n\n"+canary || email != canary+"@contoh.invalid" {
			w.Errorf("for the office: %q, %q, %v", texts, email, err)
		}
	})
}

func TestNobodyHasToSayWhoTheyAreOrWhomTheyMean(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(object{"class": "price", "text": "Harga di papan terlalu tinggi.", "challenge": w.solve()})
		if _, email, err := w.store.Reports(w.Context(), c.id); email != "" || err != nil {
			w.Errorf("a contact of nobody: %q, %v", email, err)
		}
		w.want(200, "GET", c.path, c.secret, nil)
	})
}

func TestAComplaintSentAgainGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id, form := newUUID(w.T), w.form()
		first := w.want(201, "PUT", "/v1/complaints/"+id, "", form)
		w.pass(3 * time.Hour) // the challenge has expired
		again := w.want(201, "PUT", "/v1/complaints/"+id, "", form)
		if again.body != first.body {
			w.Errorf("again %s; at first %s", again.body, first.body)
		}
		// After an answer and a question the deadline is another; the first answer stands.
		w.reply(aid.ComplaintID(id), "Sudah diperiksa.", aid.Explained)
		w.want(200, "POST", "/v1/complaints/"+id+"/messages", first.text("secret"), object{"id": newUUID(w.T), "text": "belum"})
		if again = w.want(201, "PUT", "/v1/complaints/"+id, "", form); again.body != first.body {
			w.Errorf("later %s; at first %s", again.body, first.body)
		}
		form["text"] = "Sesuatu yang lain sama sekali."
		w.refused(409, "already-exists", "PUT", "/v1/complaints/"+id, "", form)
	})
}

func TestWhatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	got := w.refused(422, "invalid", "PUT", "/v1/complaints/"+newUUID(t), "", object{
		"class": "rude", "about": object{"recipient": "34.71.01.1001.099"}, "text": "pendek", "contact": object{"email": "siti"}, "challenge": w.solve(),
	})
	for i, want := range []string{"/class unknown", "/about/recipient unknown", "/text too_short", "/contact/email email"} {
		if said := got.text("errors", i, "pointer") + " " + got.text("errors", i, "code"); said != want {
			t.Errorf("error %d is %s; want %s", i, said, want)
		}
	}
	for name, c := range map[string]struct {
		change func(object)
		status int
		slug   string
	}{
		"an unknown member":     {func(f object) { f["name"] = "Siti" }, 422, "invalid"},
		"two are named":         {func(f object) { f["about"] = object{"recipient": pasir, "aggregator": "sukarelawan"} }, 422, "invalid"},
		"no such commitment":    {func(f object) { f["about"] = object{"commitment": "K-0000-0000"} }, 422, "invalid"},
		"no such kelurahan":     {func(f object) { f["about"] = object{"area": "34.71.01"} }, 422, "invalid"},
		"no proof of work":      {func(f object) { f["challenge"] = "" }, 422, "challenge"},
		"another's signature":   {func(f object) { f["challenge"] = "e30=" }, 422, "challenge"},
		"text that is no text":  {func(f object) { f["text"] = 7 }, 422, "invalid"},
		"hidden characters":     {func(f object) { f["text"] = "Diminta uang\u202e di sana" }, 422, "invalid"},
		"more than can be read": {func(f object) { f["text"] = strings.Repeat("a", aid.MaxComplaint+1) }, 422, "invalid"},
		"more than can be sent": {func(f object) { f["text"] = strings.Repeat("a", 70<<10) }, 413, "too-large"},
	} {
		form := w.form()
		c.change(form)
		if got := w.send("PUT", "/v1/complaints/"+newUUID(t), "", form); got.status != c.status || got.slug() != c.slug {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
	}
	for _, id := range []string{"x", strings.ToUpper(newUUID(t)), "0198c0de-0000-4000-8000-00000000002a"} {
		w.refused(422, "invalid", "PUT", "/v1/complaints/"+id, "", w.form())
	}
}

func TestAChallengePaysForOneComplaint(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		form := w.form()
		w.want(201, "PUT", "/v1/complaints/"+newUUID(w.T), "", form)
		w.refused(422, "challenge", "PUT", "/v1/complaints/"+newUUID(w.T), "", form)
		w.refused(422, "challenge", "PUT", "/v1/ideas/"+newUUID(w.T), "", object{"topic": "data", "text": "Tampilkan jadwal truk.", "challenge": form["challenge"]})
		w.pass(time.Hour)
		late := w.form()
		w.pass(10 * time.Minute)
		w.refused(422, "challenge", "PUT", "/v1/complaints/"+newUUID(w.T), "", late)
	})
}

func TestACommitmentNamesItsRecipient(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		promise := aid.Commitment{
			ID: aid.CommitmentID(newUUID(w.T)), Recipient: pasir, Leaf: aid.Leaf{Area: "34.71.01", Group: "warga"}, Program: "air-bersih",
			Route: aid.Aggregate, Aggregator: "sukarelawan", State: aid.Submitted, Version: 1, SubmittedAt: w.clock(), VerifyBy: w.clock(),
		}
		if _, _, err := w.store.Submit(w.Context(), table.Submission{
			Commitment: promise, Credential: aid.Credential{Commitment: promise.ID, Recipient: pasir}, Fingerprint: "f", ChallengeID: "c", ChallengeExpires: w.clock(),
		}); err != nil {
			w.Fatal(err)
		}
		form := w.form()
		form["about"] = object{"commitment": strings.ToLower(promise.ID.Number())}
		c := w.file(form)
		stored, err := w.store.Complaint(w.Context(), c.id)
		if want := (aid.About{Recipient: pasir, Aggregator: "sukarelawan", Commitment: promise.ID.Number()}); err != nil || stored.About != want {
			w.Errorf("about %+v, %v; want %+v", stored.About, err, want)
		}
	})
}

func TestOfficeAndReporterWriteToEachOther(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(w.form())
		w.pass(24 * time.Hour)
		w.reply(c.id, "Kami sudah bertemu ketua RW.\nUangnya dikembalikan.", aid.Resolved)
		seen := w.want(200, "GET", c.path, c.secret, nil)
		if seen.text("state") != "answered" || seen.text("outcome") != "resolved" || seen.text("messages", 1, "from") != "office" ||
			seen.text("messages", 1, "text") != "Kami sudah bertemu ketua RW.\nUangnya dikembalikan." {
			w.Errorf("answered: %s", seen.body)
		}
		w.pass(24 * time.Hour)
		message := object{"id": newUUID(w.T), "text": "Belum kembali. " + canary}
		first := w.want(200, "POST", c.path+"/messages", c.secret, message)
		if first.text("state") != "assigned" || first.text("dueBy") != "2025-09-19T04:00:00Z" || first.get("outcome") != nil ||
			first.text("messages", 2, "from") != "you" || strings.Contains(first.body, canary) {
			w.Errorf("written: %s", first.body)
		}
		if again := w.want(200, "POST", c.path+"/messages", c.secret, message); again.body != first.body {
			w.Errorf("the same again: %s", again.body)
		}
		message["text"] = "Sesuatu yang lain."
		w.refused(409, "already-exists", "POST", c.path+"/messages", c.secret, message)
		w.refused(409, "already-exists", "POST", c.path+"/messages", c.secret, object{"id": c.id, "text": "dengan nomor aduan"})
		w.refused(422, "invalid", "POST", c.path+"/messages", c.secret, object{"id": newUUID(w.T), "text": " "})
		w.refused(422, "invalid", "POST", c.path+"/messages", c.secret, object{"id": "1", "text": "halo"})
		texts, _, err := w.store.Reports(w.Context(), c.id)
		if err != nil || len(texts) != 2 {
			w.Errorf("for the office: %q, %v", texts, err)
		}
	})
}

func TestAClosedComplaintTakesNoMore(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(w.form())
		before, err := w.store.Complaint(w.Context(), c.id)
		if err != nil {
			w.Fatal(err)
		}
		after, err := before.Closed(desk, aid.Duplicated, w.clock())
		if err == nil {
			err = w.store.MoveComplaint(w.Context(), before, after)
		}
		if err != nil {
			w.Fatal(err)
		}
		if seen := w.want(200, "GET", c.path, c.secret, nil); seen.get("open") != false || seen.text("outcome") != "duplicate" {
			w.Errorf("closed: %s", seen.body)
		}
		w.refused(409, "state", "POST", c.path+"/messages", c.secret, object{"id": newUUID(w.T), "text": "masih ada"})
		w.refused(409, "state", "POST", c.path+"/evidence", c.secret, announcement([]byte("foto")))
	})
}

func TestAForgottenComplaintIsNotFound(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(w.form())
		w.reply(c.id, "Selesai.", aid.Resolved)
		for {
			before, err := w.store.Complaint(w.Context(), c.id)
			if err != nil {
				w.Fatal(err)
			}
			after, _, letters, ok := before.Elapsed(w.clock().AddDate(1, 0, 0))
			if !ok {
				break
			}
			if err := w.store.MoveComplaint(w.Context(), before, after, letters...); err != nil {
				w.Fatal(err)
			}
		}
		w.refused(404, "not-found", "GET", c.path, c.secret, nil)
		w.refused(404, "not-found", "POST", c.path+"/messages", c.secret, object{"id": newUUID(w.T), "text": "halo"})
	})
}

func announcement(body []byte) object {
	sum := sha256.Sum256(body)
	return object{"type": "image/jpeg", "length": len(body), "sha256": hex.EncodeToString(sum[:])}
}

func TestAPhotoIsUploadedWhereTheOfficeReads(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(w.form())
		photo := []byte("foto " + canary)
		leave := w.want(201, "POST", c.path+"/evidence", c.secret, announcement(photo))
		if again := w.want(201, "POST", c.path+"/evidence", c.secret, announcement(photo)); again.text("id") != leave.text("id") {
			w.Error("the same file is announced twice")
		}
		headers := map[string]string{}
		for k, v := range leave.get("headers").(object) {
			headers[k] = v.(string)
		}
		if status := blobtest.Send(w, blob.Signed{URL: leave.text("url"), Headers: headers}, photo, nil); status != 200 {
			w.Fatalf("upload: %d", status)
		}
		key := fmt.Sprintf("original/complaint/%s/%s", c.id, leave.text("id"))
		if versions, _ := w.vault.Versions(key); len(versions) != 1 {
			w.Errorf("at %s there are %d files", key, len(versions))
		}
		got := w.want(200, "GET", c.path+"/evidence/"+leave.text("id"), c.secret, nil)
		if got.text("state") != "awaited" {
			w.Errorf("before its check: %s", got.body)
		}
		if err := w.store.JudgeEvidence(w.Context(), aid.Evidence{
			ID: aid.EvidenceID(leave.text("id")), Complaint: c.id, State: aid.EvidenceRefused, Refusal: aid.RefusedBroken, CheckedAt: w.clock(),
		}); err != nil {
			w.Fatal(err)
		}
		seen := w.want(200, "GET", c.path, c.secret, nil)
		if seen.text("evidence", 0, "state") != "refused" || seen.text("evidence", 0, "refusal") != "broken" {
			w.Errorf("after its check: %s", seen.body)
		}
		w.refused(404, "not-found", "GET", c.path+"/evidence/none", c.secret, nil)
		w.refused(422, "invalid", "POST", c.path+"/evidence", c.secret, object{"type": "text/html", "length": 1, "sha256": strings.Repeat("0", 64)})
	})
}

func TestFilesOfOneComplaintAreBounded(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(w.form())
		var wg sync.WaitGroup
		var mu sync.Mutex
		taken := 0
		for n := range 2 * maxFiles {
			wg.Go(func() {
				got := w.send("POST", c.path+"/evidence", c.secret, announcement([]byte(fmt.Sprint("foto", n))))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case got.status == 201:
					taken++
				case got.status != 429 && got.status != 503:
					w.Errorf("file %d: %d %s", n, got.status, got.body)
				}
			})
		}
		wg.Wait()
		if files, err := w.store.EvidenceOfComplaint(w.Context(), c.id); err != nil || len(files) != taken || taken > maxFiles {
			w.Errorf("%d files taken, %d kept, %v; want at most %d", taken, len(files), err, maxFiles)
		}
		w.pass(24 * time.Hour) // the limit is of the complaint, not of the day
		for n := taken; n < maxFiles; n++ {
			w.want(201, "POST", c.path+"/evidence", c.secret, announcement([]byte(fmt.Sprint("lagi", n))))
		}
		w.refused(429, "quota", "POST", c.path+"/evidence", c.secret, announcement([]byte("satu lagi")))
	})
}

func TestMessagesAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(w.form())
		const people = 3
		var wg sync.WaitGroup
		for n := range people {
			message := object{"id": newUUID(w.T), "text": fmt.Sprint("pesan ", n)}
			for range 2 {
				wg.Go(func() {
					if got := w.send("POST", c.path+"/messages", c.secret, message); got.status != 200 {
						w.Errorf("message %d: %d %s", n, got.status, got.body)
					}
				})
			}
		}
		wg.Wait()
		texts, _, err := w.store.Reports(w.Context(), c.id)
		stored, err2 := w.store.Complaint(w.Context(), c.id)
		if err != nil || err2 != nil || len(texts) != 1+people || len(stored.Messages) != 1+people {
			w.Errorf("kept %q, %+v, %v, %v", texts, stored.Messages, err, err2)
		}
	})
}

func TestOneNetworkCannotFloodTheOffice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	for range perNetwork {
		w.file(w.form())
	}
	w.refused(429, "quota", "PUT", "/v1/complaints/"+newUUID(t), "", w.form())
	w.source = "198.51.100.1"
	w.file(w.form())
	w.source = "203.0.113.7"
	w.want(201, "PUT", "/v1/ideas/"+newUUID(t), "", object{"topic": "data", "text": "Tampilkan jadwal truk.", "challenge": w.solve()})
	w.pass(24 * time.Hour)
	w.file(w.form())
}

func TestAnIdeaIsTakenAndShownNowhere(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := newUUID(w.T)
		form := object{"topic": "site", "text": "Huruf lebih besar. " + canary, "name": canary, "contact": object{"email": canary + "@contoh.invalid"}, "challenge": w.solve()}
		first := w.want(201, "PUT", "/v1/ideas/"+id, "", form)
		if first.text("state") != "received" || strings.Contains(first.body, canary) {
			w.Errorf("answered %s", first.body)
		}
		w.pass(time.Hour)
		if again := w.want(201, "PUT", "/v1/ideas/"+id, "", form); again.body != first.body {
			w.Errorf("again %s", again.body)
		}
		form["topic"] = "data"
		w.refused(409, "already-exists", "PUT", "/v1/ideas/"+id, "", form)
		w.refused(405, "method", "GET", "/v1/ideas/"+id, "", nil)
		got := w.refused(422, "invalid", "PUT", "/v1/ideas/"+newUUID(w.T), "", object{"topic": "x", "text": "", "challenge": w.solve()})
		if got.text("errors", 0, "pointer") != "/topic" || got.text("errors", 1, "pointer") != "/text" {
			w.Errorf("refused %s", got.body)
		}
	})
}

// A link opens one complaint, and whoever has another one is told nothing.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		mine, other := w.file(w.form()), w.file(w.form())
		leave := w.want(201, "POST", mine.path+"/evidence", mine.secret, announcement([]byte("foto")))
		key, err := w.store.Key(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		manage, err := aid.Secret(key, aid.CommitmentID(mine.id), 1)
		if err != nil {
			w.Fatal(err)
		}
		routes := map[string]func(secret string) answer{
			"getComplaint": func(s string) answer { return w.send("GET", mine.path, s, nil) },
			"writeMessage": func(s string) answer {
				return w.send("POST", mine.path+"/messages", s, object{"id": newUUID(w.T), "text": "halo"})
			},
			"announceEvidence": func(s string) answer { return w.send("POST", mine.path+"/evidence", s, announcement([]byte("lain"))) },
			"getEvidence":      func(s string) answer { return w.send("GET", mine.path+"/evidence/"+leave.text("id"), s, nil) },
		}
		secured := 0
		for route, op := range w.operations() {
			if op.secured {
				secured++
			}
			if op.secured && routes[op.id] == nil {
				w.Errorf("%s %s has no row", op.id, route)
			}
		}
		if secured != len(routes) {
			w.Errorf("%d operations want a secret, %d rows", secured, len(routes))
		}
		state := func() string {
			c, err := w.store.Complaint(w.Context(), mine.id)
			files, err2 := w.store.EvidenceOfComplaint(w.Context(), mine.id)
			texts, _, err3 := w.store.Reports(w.Context(), mine.id)
			return sprint([]any{c, files, texts, err, err2, err3})
		}
		damaged := mine.secret[:len(mine.secret)-1] + "A"
		if damaged == mine.secret {
			damaged = mine.secret[:len(mine.secret)-1] + "B"
		}
		before := state()
		for name, try := range routes {
			for who, secret := range map[string]string{
				"nobody": "", "garbage": "a.AAAA", "holder of another complaint": other.secret, "holder of a promise of that id": manage,
				"steward": aid.StewardSecret(key, pasir, 1), "one letter off": damaged,
			} {
				if got := try(secret); got.status != 404 || got.slug() != "not-found" {
					w.Errorf("%s by %s: %d %s", name, who, got.status, got.body)
				}
			}
		}
		if after := state(); after != before {
			w.Errorf("a refused call wrote: %s, was %s", after, before)
		}
		for name, try := range routes {
			if got := try(mine.secret); got.status >= 300 {
				w.Errorf("%s by its holder: %d %s", name, got.status, got.body)
			}
		}
	})
}

func TestReadingWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	c := w.file(w.form())
	before, err := w.store.Complaint(t.Context(), c.id)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{c.path, c.path + "/messages", c.path + "/evidence", "/v1/ideas/" + string(c.id), "/v1/complaints"} {
		w.send("GET", path, c.secret, nil)
		w.send("HEAD", path, c.secret, nil)
	}
	after, err := w.store.Complaint(t.Context(), c.id)
	if err != nil || sprint(after) != sprint(before) {
		t.Errorf("after reading %+v, %v; was %+v", after, err, before)
	}
}

// What a reporter says stands in the private table and nowhere else.
func TestLogsAndAnswersHoldNoWordOfAComplaint(t *testing.T) {
	b := logged(t)
	w := newWorld(t, table.NewMemory())
	c := w.file(w.form())
	bad := w.form()
	bad["class"] = canary
	bad["about"] = object{"recipient": canary}
	answers := []string{
		w.send("PUT", "/v1/complaints/"+newUUID(t), "", bad).body,
		w.send("POST", c.path+"/messages", c.secret, object{"id": newUUID(t), "text": canary}).body,
		w.send("POST", c.path+"/messages", canary, object{"id": newUUID(t), "text": canary}).body,
		w.send("PUT", "/v1/ideas/"+newUUID(t), "", object{"topic": canary, "text": canary, "challenge": canary}).body,
		w.send("PUT", "/v1/complaints/"+canary, "", w.form()).body,
		w.send("GET", c.path, c.secret, nil).body,
	}
	for _, said := range append(answers, b.String()) {
		if said = strings.ReplaceAll(said, `"instance":"/v1/complaints/`+canary+`"`, ""); strings.Contains(said, canary) || strings.Contains(said, c.secret) {
			t.Errorf("it says %s", said)
		}
	}
	if b.Len() == 0 {
		t.Error("nothing was logged")
	}
}
