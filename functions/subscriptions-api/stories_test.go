package main

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web"
	"ksbb/shared/web/webtest"
)

func TestReportsAreSentOnceTheAddressIsProven(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id := webtest.UUID(w.T)
		got := w.Want(201, "PUT", "/v1/subscriptions/"+id, "", w.form())
		if want := `{"id":"` + id + `","confirmBy":"2025-09-12T04:00:00Z"}`; strings.TrimSpace(got.Body) != want {
			w.Errorf("answered %s; want %s", got.Body, want)
		}
		l, err := w.store.Letter(w.Context(), table.SubscriptionLetterKey(aid.SubscriptionID(id)))
		if err != nil || l.Kind != aid.LetterSubscribe {
			w.Errorf("the letter: %+v, %v", l, err)
		}
		if there, confirmed := w.stored(aid.SubscriptionID(id)); !there || confirmed || w.subscribers(aid.EveryDay) != 0 {
			w.Error("it is not waiting")
		}
		a := w.asked(aid.SubscriptionID(id), canary+"@contoh.invalid")
		w.pass(47 * time.Hour)
		first := w.Want(200, "POST", a.path+"/confirmation", a.secret, nil)
		if first.Text("kinds", 0) != "monthly" || first.Text("kinds", 1) != "daily" || first.Text("confirmedAt") != "2025-09-12T03:00:00Z" || strings.Contains(first.Body, canary) {
			w.Errorf("confirmed: %s", first.Body)
		}
		w.pass(100 * 24 * time.Hour)
		if again := w.Want(200, "POST", a.path+"/confirmation", a.secret, nil); again.Body != first.Body {
			w.Errorf("again: %s", again.Body)
		}
		if w.subscribers(aid.EveryDay) != 1 || w.subscribers(aid.EveryMonth) != 1 || w.subscribers(aid.EveryWeek) != 0 {
			w.Error("the lists are not what was asked for")
		}
	})
}

func TestWhatNobodyConfirmsIsForgotten(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		a := w.ask(w.form())
		w.pass(48 * time.Hour)
		w.Refused(404, "not-found", "POST", a.path+"/confirmation", a.secret, nil)
		if w.subscribers(aid.EveryDay) != 0 {
			w.Error("it is sent all the same")
		}
		// The id is free again, and the old link is not for another's address.
		form := w.form()
		form["email"] = "lain@contoh.invalid"
		w.Want(201, "PUT", a.path, "", form)
		w.Refused(404, "not-found", "POST", a.path+"/confirmation", a.secret, nil)
		w.Want(200, "POST", a.path+"/confirmation", w.asked(a.id, "lain@contoh.invalid").secret, nil)
	})
}

func TestAskingAgainGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id, form := webtest.UUID(w.T), w.form()
		first := w.Want(201, "PUT", "/v1/subscriptions/"+id, "", form)
		w.pass(3 * time.Hour) // the challenge has expired
		for range 2 {
			if again := w.Want(201, "PUT", "/v1/subscriptions/"+id, "", form); again.Body != first.Body {
				w.Errorf("again %s; at first %s", again.Body, first.Body)
			}
			a := w.asked(aid.SubscriptionID(id), canary+"@contoh.invalid")
			w.Want(200, "POST", a.path+"/confirmation", a.secret, nil)
		}
		form["kinds"] = []string{"weekly"}
		w.Refused(409, "already-exists", "PUT", "/v1/subscriptions/"+id, "", form)
	})
}

// Whether an address is known, confirmed or new, the answers differ in the id
// alone.
func TestTheAnswerTellsNothingOfTheAddress(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		known, waiting := w.ask(w.form()), w.form()
		w.Want(200, "POST", known.path+"/confirmation", known.secret, nil)
		waiting["email"] = "lain@contoh.invalid"
		w.ask(waiting)
		said := map[string]bool{}
		for _, email := range []string{canary + "@contoh.invalid", "lain@contoh.invalid", "baru@contoh.invalid"} {
			form, id := w.form(), webtest.UUID(w.T)
			form["email"] = email
			got := w.Want(201, "PUT", "/v1/subscriptions/"+id, "", form)
			headers, err := json.Marshal(got.Headers)
			if err != nil {
				w.Fatal(err)
			}
			said[strings.ReplaceAll(got.Body+string(headers), id, "")] = true
		}
		if len(said) != 1 {
			w.Errorf("the answers differ: %v", said)
		}
		if there, confirmed := w.stored(known.id); !there || !confirmed {
			w.Error("to ask again ended what there was")
		}
	})
}

func TestConfirmingASecondReplacesTheFirst(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		first := w.ask(w.form())
		w.Want(200, "POST", first.path+"/confirmation", first.secret, nil)
		form := w.form()
		form["email"], form["kinds"] = "  "+strings.ToUpper(canary)+"@Contoh.invalid", []string{"weekly"}
		id := webtest.UUID(w.T)
		w.Want(201, "PUT", "/v1/subscriptions/"+id, "", form)
		second := w.asked(aid.SubscriptionID(id), canary+"@contoh.invalid")
		w.Want(200, "POST", second.path+"/confirmation", second.secret, nil)
		if there, _ := w.stored(first.id); there || w.subscribers(aid.EveryDay) != 0 || w.subscribers(aid.EveryWeek) != 1 {
			w.Error("both are sent")
		}
		w.Refused(404, "not-found", "POST", first.path+"/confirmation", first.secret, nil)
	})
}

func TestOneClickEndsASubscription(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		var answers []string
		end := func(path, kind, body string) {
			w.Helper()
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			if kind != "" {
				r.Header.Set("Content-Type", kind)
			}
			got := httptest.NewRecorder()
			w.handler.ServeHTTP(got, r)
			got.Header().Del("X-Request-Id")
			headers, _ := json.Marshal(got.Header())
			answers = append(answers, got.Result().Status+string(headers)+got.Body.String())
		}
		for _, how := range []struct{ kind, body string }{
			{"", ""},
			{"application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"},
			{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"},
			{"application/json", "{}"},
			{"text/plain", strings.Repeat("\xff", 100)},
		} {
			a := w.ask(w.form())
			w.Want(200, "POST", a.path+"/confirmation", a.secret, nil)
			for range 2 {
				end(a.path+"/end", how.kind, how.body)
				if there, _ := w.stored(a.id); there || w.subscribers(aid.EveryDay)+w.subscribers(aid.EveryMonth) != 0 {
					w.Errorf("%q with %q ended nothing", how.kind, how.body)
				}
			}
		}
		waiting := w.ask(w.form())
		end(waiting.path+"/end", "", "")
		if there, _ := w.stored(waiting.id); there {
			w.Error("what nobody confirmed is still there")
		}
		end("/v1/subscriptions/"+webtest.UUID(w.T)+"/end", "", "")
		end("/v1/subscriptions/x/end", "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click")
		for _, said := range answers {
			if said != answers[0] || !strings.HasPrefix(said, "204 ") {
				t.Errorf("one click answered %s; another %s", said, answers[0])
			}
		}
	})
}

// The gateway hands a form on in base64.
func TestOneClickComesThroughTheGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	a := w.ask(w.form())
	w.Want(200, "POST", a.path+"/confirmation", a.secret, nil)
	event := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RawPath: a.path + "/end", Headers: map[string]string{"content-type": "application/x-www-form-urlencoded", "content-length": "26"},
		Body: base64.StdEncoding.EncodeToString([]byte("List-Unsubscribe=One-Click")), IsBase64Encoded: true,
	}
	event.RequestContext.HTTP.Method = "POST"
	got, err := web.Proxy(w.handler)(t.Context(), event)
	if there, _ := w.stored(a.id); err != nil || got.StatusCode != http.StatusNoContent || there {
		t.Errorf("answered %+v, %v; still there: %v", got, err, there)
	}
	// A form is taken nowhere else.
	event.RawPath = a.path + "/confirmation"
	if got, err := web.Proxy(w.handler)(t.Context(), event); err != nil || got.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a form for a confirmation: %+v, %v", got, err)
	}
}

func TestNobodyIsToldOfWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		mine, other := w.ask(w.form()), w.ask(w.form())
		manage, err := aid.Secret(w.key(), aid.CommitmentID(mine.id), 1)
		if err != nil {
			w.Fatal(err)
		}
		damaged := mine.secret[:len(mine.secret)-1] + "A"
		if damaged == mine.secret {
			damaged = mine.secret[:len(mine.secret)-1] + "Q"
		}
		for who, secret := range map[string]string{
			"nobody": "", "garbage": "l.AAAA", "holder of another": other.secret, "holder of a promise of that id": manage,
			"steward": aid.StewardSecret(w.key(), "34.71.01.1001.001", 1), "one letter off": damaged, "who knows the id": string(mine.id),
		} {
			if got := w.Send("POST", mine.path+"/confirmation", secret, nil); got.Status != 404 || got.Slug() != "not-found" {
				w.Errorf("%s: %d %s", who, got.Status, got.Body)
			}
		}
		for _, path := range []string{mine.path, mine.path + "/confirmation", mine.path + "/end", "/v1/subscriptions", "/v1/subscriptions/"} {
			for _, method := range []string{"GET", "HEAD", "DELETE", "PATCH"} {
				if got := w.Send(method, path, mine.secret, nil); got.Status != 404 && got.Status != 405 {
					w.Errorf("%s %s: %d %s", method, path, got.Status, got.Body)
				}
			}
		}
		if there, confirmed := w.stored(mine.id); !there || confirmed || w.subscribers(aid.EveryDay) != 0 {
			w.Error("a refused call wrote")
		}
		w.Want(200, "POST", mine.path+"/confirmation", mine.secret, nil)
	})
}

func TestWhatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	got := w.Refused(422, "invalid", "PUT", "/v1/subscriptions/"+webtest.UUID(t), "", object{
		"email": "siti", "kinds": []string{"hourly"}, "language": "fr", "challenge": w.solve(),
	})
	for i, want := range []string{"/email email", "/kinds/0 unknown", "/language unknown"} {
		if said := got.Text("errors", i, "pointer") + " " + got.Text("errors", i, "code"); said != want {
			t.Errorf("error %d is %s; want %s", i, said, want)
		}
	}
	for name, c := range map[string]struct {
		change func(object)
		slug   string
	}{
		"an unknown member":   {func(f object) { f["name"] = "Siti" }, "invalid"},
		"no kind":             {func(f object) { f["kinds"] = []string{} }, "invalid"},
		"no address":          {func(f object) { delete(f, "email") }, "invalid"},
		"two addresses":       {func(f object) { f["email"] = "a@contoh.invalid,b@contoh.invalid" }, "invalid"},
		"a second line":       {func(f object) { f["email"] = "a@contoh.invalid\r\nBcc: b@contoh.invalid" }, "invalid"},
		"no proof of work":    {func(f object) { f["challenge"] = "" }, "challenge"},
		"another's signature": {func(f object) { f["challenge"] = "e30=" }, "challenge"},
	} {
		form := w.form()
		c.change(form)
		if got := w.Send("PUT", "/v1/subscriptions/"+webtest.UUID(t), "", form); got.Status != 422 || got.Slug() != c.slug {
			t.Errorf("%s: got %d %s", name, got.Status, got.Body)
		}
	}
	for _, id := range []string{"x", strings.ToUpper(webtest.UUID(t)), "0198c0de-0000-1000-8000-00000000002a", "0198c0de-0000-7000-0000-00000000002a"} {
		w.Refused(422, "invalid", "PUT", "/v1/subscriptions/"+id, "", w.form())
	}
	w.Want(201, "PUT", "/v1/subscriptions/0198c0de-0000-4000-8000-00000000002a", "", w.form())
}

func TestAChallengePaysForOneSubscription(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		form := w.form()
		a := w.ask(form)
		w.Refused(422, "challenge", "PUT", "/v1/subscriptions/"+webtest.UUID(w.T), "", form)
		w.Want(204, "POST", a.path+"/end", "", nil)
		w.Refused(422, "challenge", "PUT", a.path, "", form)
		late := w.form()
		w.pass(10 * time.Minute)
		w.Refused(422, "challenge", "PUT", "/v1/subscriptions/"+webtest.UUID(w.T), "", late)
	})
}

func TestOneNetworkCannotBotherMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	form := w.form()
	first := webtest.UUID(t)
	w.Want(201, "PUT", "/v1/subscriptions/"+first, "", form)
	for range perNetwork - 1 {
		w.ask(w.form())
	}
	w.Refused(429, "quota", "PUT", "/v1/subscriptions/"+webtest.UUID(t), "", w.form())
	w.Want(201, "PUT", "/v1/subscriptions/"+first, "", form) // a repeat costs nothing
	w.Source = "198.51.100.1"
	w.ask(w.form())
	w.Source = "203.0.113.7"
	w.pass(24 * time.Hour)
	w.ask(w.form())
}

func TestAskedManyTimesAtOnceItIsOne(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		id, form := webtest.UUID(w.T), w.form()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got := w.Send("PUT", "/v1/subscriptions/"+id, "", form); got.Status != 201 {
					w.Errorf("%d %s", got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		a := w.asked(aid.SubscriptionID(id), canary+"@contoh.invalid")
		for range 4 {
			wg.Go(func() { w.Send("POST", a.path+"/confirmation", a.secret, nil) })
		}
		wg.Wait()
		if n := w.subscribers(aid.EveryDay); n != 1 {
			w.Errorf("%d subscribers", n)
		}
	})
}

// Who reads reports is nobody's business: it stands in no log and no answer.
func TestLogsAndAnswersHoldNoAddress(t *testing.T) {
	b := logged(t)
	w := newWorld(t, table.NewMemory())
	a := w.ask(w.form())
	bad := w.form()
	bad["kinds"], bad["language"] = []string{canary}, canary
	answers := []string{
		w.Send("PUT", a.path, "", w.form()).Body,
		w.Send("PUT", "/v1/subscriptions/"+webtest.UUID(t), "", bad).Body,
		w.Send("PUT", "/v1/subscriptions/"+webtest.UUID(t), "", `{"email":"`+canary).Body,
		w.Send("POST", a.path+"/confirmation", canary, nil).Body,
		w.Send("POST", a.path+"/confirmation", a.secret, nil).Body,
		w.Send("POST", a.path+"/end", "", nil).Body,
	}
	for _, said := range append(answers, b.String()) {
		if strings.Contains(said, canary) || strings.Contains(said, a.secret) {
			t.Errorf("it says %s", said)
		}
	}
	if b.Len() == 0 || strings.Contains(b.String(), string(a.id)) {
		t.Errorf("the log is empty, or names a subscription: %s", b)
	}
}
