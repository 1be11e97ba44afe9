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
	"ksbb/shared/upload"
	"ksbb/shared/web/webtest"
)

func TestAComplaintGetsATicketAndALink(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := webtest.UUID(w.T)
		got := w.Want(201, "PUT", "/v1/complaints/"+id, "", w.form())
		if got.Text("ticket") != aid.ComplaintID(id).Ticket() || !strings.HasPrefix(got.Text("secret"), "a.") || got.Text("dueBy") != "2025-09-15T04:00:00Z" {
			w.Errorf("answered %s", got.Body)
		}
		seen := w.Want(200, "GET", "/v1/complaints/"+id, got.Text("secret"), nil)
		if seen.Text("state") != "received" || seen.Text("class") != "levy" || seen.Text("messages", 0, "from") != "you" ||
			seen.Text("messages", 0, "at") != "2025-09-10T04:00:00Z" || seen.Get("open") != true {
			w.Errorf("stands at %s", seen.Body)
		}
		if strings.Contains(seen.Body, canary) || strings.Contains(got.Body, canary) {
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
		w.Want(200, "GET", c.path, c.secret, nil)
	})
}

func TestAComplaintSentAgainGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id, form := webtest.UUID(w.T), w.form()
		first := w.Want(201, "PUT", "/v1/complaints/"+id, "", form)
		w.pass(3 * time.Hour) // the challenge has expired
		again := w.Want(201, "PUT", "/v1/complaints/"+id, "", form)
		if again.Body != first.Body {
			w.Errorf("again %s; at first %s", again.Body, first.Body)
		}
		// After an answer and a question the deadline is another; the first answer stands.
		w.reply(aid.ComplaintID(id), "Sudah diperiksa.", aid.Explained)
		w.Want(200, "POST", "/v1/complaints/"+id+"/messages", first.Text("secret"), object{"id": webtest.UUID(w.T), "text": "belum"})
		if again = w.Want(201, "PUT", "/v1/complaints/"+id, "", form); again.Body != first.Body {
			w.Errorf("later %s; at first %s", again.Body, first.Body)
		}
		form["text"] = "Sesuatu yang lain sama sekali."
		w.Refused(409, "already-exists", "PUT", "/v1/complaints/"+id, "", form)
	})
}

func TestWhatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	got := w.Refused(422, "invalid", "PUT", "/v1/complaints/"+webtest.UUID(t), "", object{
		"class": "rude", "about": object{"recipient": "34.71.01.1001.099"}, "text": "pendek", "contact": object{"email": "siti"}, "challenge": w.solve(),
	})
	for i, want := range []string{"/class unknown", "/about/recipient unknown", "/text too_short", "/contact/email email"} {
		if said := got.Text("errors", i, "pointer") + " " + got.Text("errors", i, "code"); said != want {
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
		if got := w.Send("PUT", "/v1/complaints/"+webtest.UUID(t), "", form); got.Status != c.status || got.Slug() != c.slug {
			t.Errorf("%s: got %d %s", name, got.Status, got.Body)
		}
	}
	for _, id := range []string{"x", strings.ToUpper(webtest.UUID(t)), "0198c0de-0000-4000-8000-00000000002a"} {
		w.Refused(422, "invalid", "PUT", "/v1/complaints/"+id, "", w.form())
	}
}

func TestAChallengePaysForOneComplaint(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		form := w.form()
		w.Want(201, "PUT", "/v1/complaints/"+webtest.UUID(w.T), "", form)
		w.Refused(422, "challenge", "PUT", "/v1/complaints/"+webtest.UUID(w.T), "", form)
		w.Refused(422, "challenge", "PUT", "/v1/ideas/"+webtest.UUID(w.T), "", object{"topic": "data", "text": "Tampilkan jadwal truk.", "challenge": form["challenge"]})
		w.pass(time.Hour)
		late := w.form()
		w.pass(10 * time.Minute)
		w.Refused(422, "challenge", "PUT", "/v1/complaints/"+webtest.UUID(w.T), "", late)
	})
}

func TestACommitmentNamesItsRecipient(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		promise := aid.Commitment{
			ID: aid.CommitmentID(webtest.UUID(w.T)), Recipient: pasir, Leaf: aid.Leaf{Area: "34.71.01", Group: "warga"}, Program: "air-bersih",
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
		seen := w.Want(200, "GET", c.path, c.secret, nil)
		if seen.Text("state") != "answered" || seen.Text("outcome") != "resolved" || seen.Text("messages", 1, "from") != "office" ||
			seen.Text("messages", 1, "text") != "Kami sudah bertemu ketua RW.\nUangnya dikembalikan." {
			w.Errorf("answered: %s", seen.Body)
		}
		w.pass(24 * time.Hour)
		message := object{"id": webtest.UUID(w.T), "text": "Belum kembali. " + canary}
		first := w.Want(200, "POST", c.path+"/messages", c.secret, message)
		if first.Text("state") != "assigned" || first.Text("dueBy") != "2025-09-17T04:00:00Z" || first.Get("outcome") != nil ||
			first.Text("messages", 2, "from") != "you" || strings.Contains(first.Body, canary) {
			w.Errorf("written: %s", first.Body)
		}
		if again := w.Want(200, "POST", c.path+"/messages", c.secret, message); again.Body != first.Body {
			w.Errorf("the same again: %s", again.Body)
		}
		message["text"] = "Sesuatu yang lain."
		w.Refused(409, "already-exists", "POST", c.path+"/messages", c.secret, message)
		w.Refused(409, "already-exists", "POST", c.path+"/messages", c.secret, object{"id": c.id, "text": "dengan nomor aduan"})
		w.Refused(422, "invalid", "POST", c.path+"/messages", c.secret, object{"id": webtest.UUID(w.T), "text": " "})
		w.Refused(422, "invalid", "POST", c.path+"/messages", c.secret, object{"id": "1", "text": "halo"})
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
		if seen := w.Want(200, "GET", c.path, c.secret, nil); seen.Get("open") != false || seen.Text("outcome") != "duplicate" {
			w.Errorf("closed: %s", seen.Body)
		}
		w.Refused(409, "state", "POST", c.path+"/messages", c.secret, object{"id": webtest.UUID(w.T), "text": "masih ada"})
		w.Refused(409, "state", "POST", c.path+"/evidence", c.secret, announcement([]byte("foto")))
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
		w.Refused(404, "not-found", "GET", c.path, c.secret, nil)
		w.Refused(404, "not-found", "POST", c.path+"/messages", c.secret, object{"id": webtest.UUID(w.T), "text": "halo"})
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
		leave := w.Want(201, "POST", c.path+"/evidence", c.secret, announcement(photo))
		if again := w.Want(201, "POST", c.path+"/evidence", c.secret, announcement(photo)); again.Text("id") != leave.Text("id") {
			w.Error("the same file is announced twice")
		}
		headers := map[string]string{}
		for k, v := range leave.Get("headers").(object) {
			headers[k] = v.(string)
		}
		if status := blobtest.Send(w, blob.Signed{URL: leave.Text("url"), Headers: headers}, photo, nil); status != 200 {
			w.Fatalf("upload: %d", status)
		}
		key := fmt.Sprintf("original/complaint/%s/%s", c.id, leave.Text("id"))
		if versions, _ := w.vault.Versions(key); len(versions) != 1 {
			w.Errorf("at %s there are %d files", key, len(versions))
		}
		got := w.Want(200, "GET", c.path+"/evidence/"+leave.Text("id"), c.secret, nil)
		if got.Text("state") != "awaited" {
			w.Errorf("before its check: %s", got.Body)
		}
		if err := w.store.JudgeEvidence(w.Context(), aid.Evidence{
			ID: aid.EvidenceID(leave.Text("id")), Complaint: c.id, State: aid.EvidenceRefused, Refusal: aid.RefusedBroken, CheckedAt: w.clock(),
		}); err != nil {
			w.Fatal(err)
		}
		seen := w.Want(200, "GET", c.path, c.secret, nil)
		if seen.Text("evidence", 0, "state") != "refused" || seen.Text("evidence", 0, "refusal") != "broken" {
			w.Errorf("after its check: %s", seen.Body)
		}
		w.Refused(404, "not-found", "GET", c.path+"/evidence/none", c.secret, nil)
		w.Refused(422, "invalid", "POST", c.path+"/evidence", c.secret, object{"type": "text/html", "length": 1, "sha256": strings.Repeat("0", 64)})
	})
}

func TestFilesOfOneComplaintAreBounded(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(w.form())
		var wg sync.WaitGroup
		var mu sync.Mutex
		taken := 0
		for n := range 2 * upload.OfComplaint.Most {
			wg.Go(func() {
				got := w.Send("POST", c.path+"/evidence", c.secret, announcement([]byte(fmt.Sprint("foto", n))))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case got.Status == 201:
					taken++
				case got.Status != 429 && got.Status != 503:
					w.Errorf("file %d: %d %s", n, got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		if files, err := w.store.EvidenceOfComplaint(w.Context(), c.id); err != nil || len(files) != taken || taken > upload.OfComplaint.Most {
			w.Errorf("%d files taken, %d kept, %v; want at most %d", taken, len(files), err, upload.OfComplaint.Most)
		}
		w.pass(24 * time.Hour) // the limit is of the complaint, not of the day
		for n := taken; n < upload.OfComplaint.Most; n++ {
			w.Want(201, "POST", c.path+"/evidence", c.secret, announcement([]byte(fmt.Sprint("lagi", n))))
		}
		w.Refused(429, "quota", "POST", c.path+"/evidence", c.secret, announcement([]byte("satu lagi")))
	})
}

func TestMessagesAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		c := w.file(w.form())
		const people = 3
		var wg sync.WaitGroup
		for n := range people {
			message := object{"id": webtest.UUID(w.T), "text": fmt.Sprint("pesan ", n)}
			for range 2 {
				wg.Go(func() {
					if got := w.Send("POST", c.path+"/messages", c.secret, message); got.Status != 200 {
						w.Errorf("message %d: %d %s", n, got.Status, got.Body)
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
	w.Refused(429, "quota", "PUT", "/v1/complaints/"+webtest.UUID(t), "", w.form())
	w.Source = "198.51.100.1"
	w.file(w.form())
	w.Source = "203.0.113.7"
	w.Want(201, "PUT", "/v1/ideas/"+webtest.UUID(t), "", object{"topic": "data", "text": "Tampilkan jadwal truk.", "challenge": w.solve()})
	w.pass(24 * time.Hour)
	w.file(w.form())
}

func TestAnIdeaIsTakenAndShownNowhere(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := webtest.UUID(w.T)
		form := object{"topic": "site", "text": "Huruf lebih besar. " + canary, "name": canary, "contact": object{"email": canary + "@contoh.invalid"}, "challenge": w.solve()}
		first := w.Want(201, "PUT", "/v1/ideas/"+id, "", form)
		if first.Text("state") != "received" || strings.Contains(first.Body, canary) {
			w.Errorf("answered %s", first.Body)
		}
		w.pass(time.Hour)
		if again := w.Want(201, "PUT", "/v1/ideas/"+id, "", form); again.Body != first.Body {
			w.Errorf("again %s", again.Body)
		}
		form["topic"] = "data"
		w.Refused(409, "already-exists", "PUT", "/v1/ideas/"+id, "", form)
		w.Refused(405, "method", "GET", "/v1/ideas/"+id, "", nil)
		got := w.Refused(422, "invalid", "PUT", "/v1/ideas/"+webtest.UUID(w.T), "", object{"topic": "x", "text": "", "challenge": w.solve()})
		if got.Text("errors", 0, "pointer") != "/topic" || got.Text("errors", 1, "pointer") != "/text" {
			w.Errorf("refused %s", got.Body)
		}
	})
}

// A link opens one complaint, and whoever has another one is told nothing.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		mine, other := w.file(w.form()), w.file(w.form())
		leave := w.Want(201, "POST", mine.path+"/evidence", mine.secret, announcement([]byte("foto")))
		key, err := w.store.Key(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		manage, err := aid.Secret(key, aid.CommitmentID(mine.id), 1)
		if err != nil {
			w.Fatal(err)
		}
		routes := map[string]func(secret string) webtest.Answer{
			"getComplaint": func(s string) webtest.Answer { return w.Send("GET", mine.path, s, nil) },
			"writeMessage": func(s string) webtest.Answer {
				return w.Send("POST", mine.path+"/messages", s, object{"id": webtest.UUID(w.T), "text": "halo"})
			},
			"announceComplaintEvidence": func(s string) webtest.Answer {
				return w.Send("POST", mine.path+"/evidence", s, announcement([]byte("lain")))
			},
			"getComplaintEvidence": func(s string) webtest.Answer { return w.Send("GET", mine.path+"/evidence/"+leave.Text("id"), s, nil) },
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
				if got := try(secret); got.Status != 404 || got.Slug() != "not-found" {
					w.Errorf("%s by %s: %d %s", name, who, got.Status, got.Body)
				}
			}
		}
		if after := state(); after != before {
			w.Errorf("a refused call wrote: %s, was %s", after, before)
		}
		for name, try := range routes {
			if got := try(mine.secret); got.Status >= 300 {
				w.Errorf("%s by its holder: %d %s", name, got.Status, got.Body)
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
		w.Send("GET", path, c.secret, nil)
		w.Send("HEAD", path, c.secret, nil)
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
		w.Send("PUT", "/v1/complaints/"+webtest.UUID(t), "", bad).Body,
		w.Send("POST", c.path+"/messages", c.secret, object{"id": webtest.UUID(t), "text": canary}).Body,
		w.Send("POST", c.path+"/messages", canary, object{"id": webtest.UUID(t), "text": canary}).Body,
		w.Send("PUT", "/v1/ideas/"+webtest.UUID(t), "", object{"topic": canary, "text": canary, "challenge": canary}).Body,
		w.Send("PUT", "/v1/complaints/"+canary, "", w.form()).Body,
		w.Send("GET", c.path, c.secret, nil).Body,
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
