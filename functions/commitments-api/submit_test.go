package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/catalogue"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/web/webtest"
)

// areaOf: these recipients are areas themselves.
func areaOf(r aid.RecipientID) area.Code { return area.Code(r) }

func TestSubmissionHoldsNothingAndIsAnsweredTheSameAgain(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		path := "/v1/commitments/" + webtest.UUID(w.T)
		form := w.form(4)
		first := w.Want(201, "PUT", path, "", form)
		if got := w.need(pasir1, "tangki").Remaining(); got != 10 {
			w.Errorf("%d tangki remain; a submission must hold nothing", got)
		}
		if first.Get("state") != "submitted" || first.Get("verifyBy") != "2025-09-10T16:00:00Z" || len(first.Get("secret").(string)) < 40 {
			w.Errorf("answer %s", first.Body)
		}
		if number := first.Get("number").(string); !strings.HasPrefix(number, "K-") {
			w.Errorf("number %q", number)
		}
		// Long after: the challenge expired, the period is past, another took it all.
		all := with(w.form(10), "collaborator.email", "lain@contoh.invalid")
		w.pledge(all)
		w.pass(5 * 24 * time.Hour)
		for name, again := range map[string]object{
			"same": form, "another challenge": with(form, "challenge", w.solve()), "no answer to a challenge": with(form, "challenge", ""),
		} {
			if got := w.Want(201, "PUT", path, "", again); got.Body != first.Body {
				w.Errorf("%s: answered %s; want the first answer %s", name, got.Body, first.Body)
			}
		}
		w.Refused(409, "already-exists", "PUT", path, "", with(form, "statement.signedBy", "Orang Lain"))
	})
}

func TestRacingRepeatsMakeOneCommitment(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		path, form := "/v1/commitments/"+webtest.UUID(w.T), w.form(1)
		answers := make([]webtest.Answer, 8)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = w.Send("PUT", path, "", form) })
		}
		wg.Wait()
		for _, a := range answers {
			if a.Status != 201 || a.Body != answers[0].Body {
				w.Errorf("answers %d %s and %d %s", a.Status, a.Body, answers[0].Status, answers[0].Body)
			}
		}
		if got, err := w.store.Commitments(w.Context(), pasir1); err != nil || len(got) != 1 {
			w.Errorf("%d commitments, %v; want one", len(got), err)
		}
	})
}

// The public log names a giver by a hash of name and salt: whoever could guess
// the salt, or saw it twice, could tell who it was after the name is gone.
func TestEverySubmissionHasASaltOfItsOwn(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		salts := map[string]bool{}
		for range 3 {
			id, form := webtest.UUID(w.T), w.form(1)
			first := w.Want(201, "PUT", "/v1/commitments/"+id, "", form)
			c, err := w.store.Commitment(w.Context(), pasir1, aid.CommitmentID(id))
			if err != nil {
				w.Fatal(err)
			}
			if raw, err := base64.RawURLEncoding.Strict().DecodeString(c.Salt); err != nil || len(raw) != 16 || salts[c.Salt] {
				w.Errorf("salt %q after %v; want 128 random bits", c.Salt, salts)
			}
			salts[c.Salt] = true
			if again := w.Want(201, "PUT", "/v1/commitments/"+id, "", form); again.Body != first.Body || strings.Contains(again.Body, c.Salt) {
				w.Errorf("answered %s; want the first answer %s without the salt %s", again.Body, first.Body, c.Salt)
			}
			if now, _ := w.store.Commitment(w.Context(), pasir1, c.ID); now.Salt != c.Salt {
				w.Errorf("a repeat made the salt %q of %q", now.Salt, c.Salt)
			}
		}
	})
}

func TestIdentifiersAreUUIDv7InOneSpelling(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		good := webtest.UUID(w.T)
		for _, id := range []string{
			"1", "x" + good[1:], strings.ToUpper(good), "{" + good + "}", "urn:uuid:" + good, strings.ReplaceAll(good, "-", ""),
			"f47ac10b-58cc-4372-a567-0e02b2c3d479", good[:14] + "7" + good[15:19] + "f" + good[20:],
		} {
			if id == good {
				continue
			}
			got := w.Refused(422, "invalid", "PUT", "/v1/commitments/"+id, "", w.form(1))
			if !strings.Contains(got.Body, `"pointer":"/id"`) {
				w.Errorf("%s: %s", id, got.Body)
			}
		}
	})
}

func TestBadInputGetsAClearAnswerAndLeavesNothing(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		form := w.form(1)
		line := func(members object) []object { return []object{members} }
		tangki := aid.NeedOf(pasir1, "tangki")
		for name, test := range map[string]struct {
			body any
			want string // pointer and code of one error
		}{
			"unknown member":         {with(form, "discount", 5), `"pointer":"/discount","code":"unknown"`},
			"unknown member inside":  {with(form, "collaborator.nik", "3171"), `"pointer":"/collaborator/nik","code":"unknown"`},
			"wrong type":             {with(form, "lines", "semua"), `"pointer":"/lines","code":"type"`},
			"no lines":               {with(form, "lines", []object{}), `"pointer":"/lines","code":"required"`},
			"lines without end":      {with(form, "lines", make([]object, 199)), `"pointer":"/lines`},
			"unknown recipient":      {with(form, "recipient", "34.71.01.1001.099"), `"pointer":"/recipient","code":"unknown"`},
			"closed recipient":       {with(with(form, "recipient", tutup), "lines", line(object{"need": aid.NeedOf(tutup, "tangki"), "quantity": 1})), `"pointer":"/recipient","code":"closed"`},
			"unknown program":        {with(form, "program", "x"), `"pointer":"/program","code":"unknown"`},
			"planned program":        {with(form, "program", "benih"), `"pointer":"/program","code":"not_running"`},
			"unknown need":           {with(form, "lines", line(object{"need": "x", "quantity": 1})), `"pointer":"/lines/0/need","code":"unknown"`},
			"another's need":         {with(form, "lines", line(object{"need": aid.NeedOf(pasir2, "tangki"), "quantity": 1})), `"pointer":"/lines/0/need","code":"unknown"`},
			"zero":                   {with(form, "lines", line(object{"need": tangki, "quantity": 0})), `"pointer":"/lines/0/quantity","code":"too_small"`},
			"negative":               {with(form, "lines", line(object{"need": tangki, "quantity": -5})), `"pointer":"/lines/0/quantity","code":"too_small"`},
			"no quantity":            {with(form, "lines", line(object{"need": tangki})), `"pointer":"/lines/0/quantity","code":"too_small"`},
			"huge":                   {with(form, "lines", line(object{"need": tangki, "quantity": int64(9007199254740991)})), `"pointer":"/lines/0/quantity","code":"too_large"`},
			"beyond any number":      {with(form, "lines", line(object{"need": tangki, "quantity": json.Number("1e30")})), `"pointer":"/lines/0/quantity","code":"too_large"`},
			"half":                   {with(form, "lines", line(object{"need": tangki, "quantity": 1.5})), `"pointer":"/lines/0/quantity","code":"type"`},
			"equivalent not allowed": {with(form, "lines", line(object{"need": tangki, "quantity": 1, "equivalent": "air galon"})), `"pointer":"/lines/0/equivalent","code":"not_allowed"`},
			"free without value":     {with(form, "lines", line(object{"free": object{"description": "terpal", "unit": "lembar", "quantity": 1}})), `"pointer":"/lines/0/free/value","code":"required"`},
			"yesterday":              {with(form, "period.from", "2025-09-09"), `"pointer":"/period/from","code":"past"`},
			"no such day":            {with(form, "period.to", "2025-09-31"), `"pointer":"/period/to","code":"date"`},
			"ends before it begins":  {with(form, "period.from", "2025-09-21"), `"pointer":"/period/to","code":"order"`},
			"unknown route":          {with(form, "route", "pos"), `"pointer":"/route","code":"unknown"`},
			"no aggregator":          {with(form, "route", "aggregator"), `"pointer":"/aggregator","code":"required"`},
			"revoked aggregator":     {with(with(form, "route", "aggregator"), "aggregator", "berhenti"), `"pointer":"/aggregator","code":"permit"`},
			"direct only": {with(with(with(form, "route", "aggregator"), "aggregator", "sukarelawan"), "lines",
				line(object{"need": aid.NeedOf(pasir1, "galon"), "quantity": 1})), `"pointer":"/route","code":"direct_only"`},
			"control in name":    {with(form, "collaborator.name", "Siti\u0007"), `"pointer":"/collaborator/name","code":"text"`},
			"bidi in name":       {with(form, "collaborator.name", "Siti \u202eitnap"), `"pointer":"/collaborator/name","code":"text"`},
			"line break in name": {with(form, "collaborator.name", "Siti\nContoh"), `"pointer":"/collaborator/name","code":"text"`},
			"half a surrogate":   {strings.Replace(mustJSON(form), "Siti Contoh", `Siti \ud800`, 1), `"pointer":"/collaborator/name","code":"text"`},
			"long name":          {with(form, "collaborator.name", strings.Repeat("a", 81)), `"pointer":"/collaborator/name","code":"too_long"`},
			"unknown class":      {with(form, "collaborator.class", "robot"), `"pointer":"/collaborator/class","code":"unknown"`},
			"malformed e-mail":   {with(form, "collaborator.email", "siti@@contoh"), `"pointer":"/collaborator/email","code":"email"`},
			"header in e-mail":   {with(form, "collaborator.email", "siti@contoh.invalid\r\nBcc: x@contoh.invalid"), `"pointer":"/collaborator/email","code":"email"`},
			"malformed phone":    {with(form, "collaborator.phone", "0812"), `"pointer":"/collaborator/phone","code":"phone"`},
			"statement refused":  {with(form, "statement.accepted", false), `"pointer":"/statement/accepted","code":"accepted"`},
			"statement unsigned": {with(form, "statement.signedBy", " "), `"pointer":"/statement/signedBy","code":"signed"`},
			"unknown language":   {with(form, "language", "jv"), `"pointer":"/language","code":"unknown"`},
		} {
			id := webtest.UUID(w.T)
			got := w.Send("PUT", "/v1/commitments/"+id, "", test.body)
			if got.Status != 422 || got.Slug() != "invalid" || !strings.Contains(got.Body, test.want) {
				w.Errorf("%s: got %d %s; want 422 with %s", name, got.Status, got.Body, test.want)
			}
			if _, err := w.store.Credential(w.Context(), aid.CommitmentID(id)); err == nil {
				w.Errorf("%s: refused and stored all the same", name)
			}
		}
		w.Refused(413, "too-large", "PUT", "/v1/commitments/"+webtest.UUID(w.T), "", with(form, "statement.signedBy", strings.Repeat("a", 70_000)))
		w.Refused(400, "malformed", "PUT", "/v1/commitments/"+webtest.UUID(w.T), "", `{"recipient":`)
		// None of it used up the challenge.
		w.Want(201, "PUT", "/v1/commitments/"+webtest.UUID(w.T), "", form)
	})
}

func mustJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestPhonesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"081200000000":       "+6281200000000",
		" 0812-0000-0000 ":   "+6281200000000",
		"+62 812 0000 0000":  "+6281200000000",
		"62 812 0000 0000":   "+6281200000000",
		"0062 812 0000 0000": "+6281200000000",
		"(021) 3822 255":     "+62213822255",
		"+65 6123 4567":      "+6561234567",
		"00 1 212 736 5000":  "+12127365000",
	} {
		got, ok := readPhone(typed)
		if !ok || got != want {
			t.Errorf("readPhone(%q) = %q, %v; want %q", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"", "0812", "12345", "+62", "++62812", "0800-BANTUAN", "0812 0000 0000 ext 5", "٠٨١٢٠٠٠٠٠٠٠٠", "+999 123 4567", "081200000000;ext=1", strings.Repeat("1", 40)} {
		if got, ok := readPhone(typed); ok {
			t.Errorf("readPhone(%q) = %q; want a refusal", typed, got)
		}
	}
}

func TestChallengePaysOnceAndInTime(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		put := func(challenge string) webtest.Answer {
			return w.Send("PUT", "/v1/commitments/"+webtest.UUID(w.T), "", with(w.form(1), "challenge", challenge))
		}
		good := w.solve()
		text, err := base64.StdEncoding.DecodeString(good)
		if err != nil {
			w.Fatal(err)
		}
		forged := func(change func(*altcha.Payload)) string {
			var p altcha.Payload
			if err := json.Unmarshal(text, &p); err != nil {
				w.Fatal(err)
			}
			change(&p)
			return base64.StdEncoding.EncodeToString([]byte(mustJSON(p)))
		}
		own, err := altcha.CreateChallenge(altcha.ChallengeOptions{HMACKey: "own", Number: new(int64)})
		if err != nil {
			w.Fatal(err)
		}
		for name, challenge := range map[string]string{
			"empty":             "",
			"not base64":        "???",
			"not JSON":          base64.StdEncoding.EncodeToString([]byte("x")),
			"wrong number":      forged(func(p *altcha.Payload) { p.Number++ }),
			"longer life":       forged(func(p *altcha.Payload) { p.Salt = strings.Replace(p.Salt, "expires=1", "expires=9", 1) }),
			"no end of life":    forged(func(p *altcha.Payload) { p.Salt, _, _ = strings.Cut(p.Salt, "?") }),
			"another algorithm": forged(func(p *altcha.Payload) { p.Algorithm = "SHA-1" }),
			"own key": forged(func(p *altcha.Payload) {
				p.Challenge, p.Number, p.Salt, p.Signature = own.Challenge, 0, own.Salt, own.Signature
			}),
		} {
			if a := put(challenge); a.Status != 422 || a.Slug() != "challenge" {
				w.Errorf("%s: got %d %s; want 422 challenge", name, a.Status, a.Body)
			}
		}
		if a := put(good); a.Status != 201 {
			w.Errorf("solved: %d %s", a.Status, a.Body)
		}
		for name, replay := range map[string]string{
			"replayed": good, "replayed without its delimiter": forged(func(p *altcha.Payload) { p.Salt = strings.TrimSuffix(p.Salt, "&") }),
		} {
			if a := put(replay); a.Slug() != "challenge" {
				w.Errorf("%s: got %d %s; want 422 challenge", name, a.Status, a.Body)
			}
		}
		late := w.solve()
		w.pass(challengeLife)
		if a := put(late); a.Slug() != "challenge" {
			w.Errorf("expired: got %d %s; want 422 challenge", a.Status, a.Body)
		}
	})
}

func TestOverWhatRemainsNamesTheNearestOthers(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		path := "/v1/commitments/" + webtest.UUID(w.T)
		form := w.form(11)
		got := w.Refused(409, "melebihi-sisa", "PUT", path, "", form)
		if got.Get("remaining") != 10.0 || got.Get("need") != string(aid.NeedOf(pasir1, "tangki")) {
			w.Errorf("refused with %s", got.Body)
		}
		want := `"nearby":[` +
			`{"id":"34.71.01.1001.002","name":"Padukuhan 002 Pasir","remaining":4,"metres":300},` +
			`{"id":"34.71.01.1002.001","name":"Padukuhan 001 Batu","remaining":2,"metres":600},` +
			`{"id":"34.71.02.1001.001","name":"Padukuhan 001 Ombak","remaining":7,"metres":2800}]`
		if !strings.Contains(got.Body, want) {
			w.Errorf("refused with %s\nwant %s: no place that is met or closed, the other kecamatan last", got.Body, want)
		}
		// The same id with what remains is accepted: nothing was recorded.
		w.Want(201, "PUT", path, "", with(form, "lines", []object{{"need": aid.NeedOf(pasir1, "tangki"), "quantity": 10}}))
	})
}

func TestCommitmentMayMixLinesOfOneProgram(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		form := with(w.form(1), "lines", []object{
			{"need": aid.NeedOf(pasir1, "galon"), "quantity": 20},
			{"need": aid.NeedOf(pasir1, "galon"), "quantity": 5, "equivalent": "5 tabung penyaring"},
			{"need": aid.NeedOf(pasir1, "pompa"), "quantity": 1, "value": 900_000},
			{"free": object{"description": "terpal", "unit": "lembar", "quantity": 4, "value": 200_000}},
		})
		s := w.pledge(with(form, "collaborator.showName", false))
		got := w.Want(200, "GET", s.path, s.secret, nil)
		want := `"lines":[` +
			`{"need":"34.71.01.1001.001:galon","package":"galon","name":"Galon","unit":"galon","quantity":20,"value":120000,"estimated":false,"committed":20,"delivered":0,"received":0,"outstanding":20},` +
			`{"need":"34.71.01.1001.001:galon","package":"galon","name":"Galon","unit":"galon","quantity":5,"equivalent":"5 tabung penyaring","value":30000,"estimated":false,"committed":5,"delivered":0,"received":0,"outstanding":5},` +
			`{"need":"34.71.01.1001.001:pompa","package":"pompa","name":"Pinjaman Pompa","unit":"unit","quantity":1,"value":900000,"estimated":true,"committed":1,"delivered":0,"received":0,"outstanding":1},` +
			`{"name":"terpal","unit":"lembar","quantity":4,"free":"terpal","value":200000,"estimated":true,"committed":4,"delivered":0,"received":0,"outstanding":4}]`
		if !strings.Contains(got.Body, want) || got.Get("displayName") != aid.HambaAllah {
			w.Errorf("got %s\nwant %s", got.Body, want)
		}
		if n := w.need(pasir1, "galon"); n.Committed != 25 || n.Remaining() != 75 {
			w.Errorf("galon %+v; want both lines taken together", n)
		}
	})
}

// Whatever is sent gets an answer of ours, and nothing of it breaks.
func FuzzPut(f *testing.F) {
	f.Add(`{"recipient":"34.71.01.1001.001","program":"air-bersih","lines":[{"need":"34.71.01.1001.001:tangki","quantity":1}],` +
		`"period":{"from":"2025-09-10","to":"2025-09-20"},"route":"direct","collaborator":{"name":"a","class":"individual","showName":true,` +
		`"email":"a@contoh.invalid","phone":"081200000000"},"statement":{"accepted":true,"signedBy":"a"},"challenge":""}`)
	f.Add(`{"lines":[{"free":{"quantity":1e99}},null,7]}`)
	f.Add(`{"period":null,"period":{"from":"9999-99-99"}}`)
	f.Add("[\xff]")
	// One server for all inputs: none of them gets past the challenge.
	pack := regiontest.Tiny(f)
	server := &server{store: table.NewMemory(), pack: pack, region: catalogue.Fixed(pack), effort: 50, now: time.Now}
	h := server.handler()
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("PUT", "/v1/commitments/0198c0de-0000-7000-8000-00000000002a", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch (webtest.Answer{Body: w.Body.String()}).Slug() {
		case "malformed", "invalid", "too-large", "challenge":
		default:
			t.Errorf("%q: got %d %s", body, w.Code, w.Body)
		}
	})
}

// The draft of any body is checked to the end, whatever it holds.
func FuzzDraft(f *testing.F) {
	f.Add(`{"lines":[{"need":"34.71.01.1001.001:tangki","quantity":9223372036854775807,"value":-1},{"free":{"quantity":-9223372036854775808}}]}`)
	f.Add(`{"period":{"from":"0000-01-01","to":"9999-12-31"},"route":"aggregator","aggregator":"sukarelawan"}`)
	f.Add(`{"recipient":"34.71.01.1001.001","program":"air-bersih","lines":[{"need":"34.71.01.1001.001:tangki","quantity":1},` +
		`{"free":{"description":"terpal","unit":"lembar","quantity":2,"value":3}}],"period":{"from":"2025-09-10","to":"2025-09-20"},` +
		`"route":"aggregator","aggregator":"sukarelawan","collaborator":{"name":"a","class":"individual","email":"a@contoh.invalid",` +
		`"phone":"081200000000"},"statement":{"accepted":true,"signedBy":"a"}}`)
	pack := regiontest.Tiny(f)
	store := table.NewMemory()
	load(f, store)
	place, _, err := store.Place(f.Context(), pasir1)
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		var body putBody
		if json.Unmarshal([]byte(text), &body) != nil {
			return
		}
		p, err := body.draft("0198c0de-0000-7000-8000-00000000002a").Check(pack.Catalogue(), place, readPhone, now)
		if err != nil {
			return
		}
		c := p.Commitment
		for _, l := range c.Lines {
			if l.Quantity < 1 || l.Value < 0 || l.Value > pack.Limits.MaxValue {
				t.Errorf("%s: line %+v", text, l)
			}
		}
		if c.Period.From < "2025-09-10" || c.Period.To < c.Period.From || c.State != aid.Submitted || p.Contact.Email == "" || p.Contact.Phone == "" {
			t.Errorf("%s: %+v", text, p)
		}
	})
}

// freeze has the office freeze an aggregator.
func (w *world) freeze(id aid.AggregatorID, version int64) {
	w.Helper()
	entry := fmt.Sprintf(`{"id":%q,"name":"Sukarelawan Contoh","permit":{"number":"CONTOH-1","until":"2030-12-31"},"frozen":%q}`, id, w.clock().Format(time.RFC3339))
	err := w.store.PutCatalogueEntry(w.Context(), aid.Amendment{List: aid.AggregatorList, ID: string(id), Entry: []byte(entry), Version: version, At: w.clock()})
	if err != nil {
		w.Fatal(err)
	}
}

func TestAFrozenAggregatorTakesNothingFromThatInstantOn(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		via := with(with(w.form(2), "route", "aggregator"), "aggregator", "sukarelawan")
		before := w.pledge(via)
		waiting := w.submit(with(via, "challenge", w.solve()))
		w.freeze("sukarelawan", 1)

		// The catalogue of a moment ago is a minute old at most, and not asked here.
		got := w.Refused(422, "invalid", "PUT", "/v1/commitments/"+webtest.UUID(w.T), "", with(via, "challenge", w.solve()))
		if got.Get("errors", 0, "pointer") != "/aggregator" || got.Get("errors", 0, "code") != "frozen" {
			w.Errorf("a commitment via a frozen aggregator: %s", got.Body)
		}
		got = w.Refused(422, "invalid", "POST", waiting.path+"/verification", waiting.secret, object{"code": w.code(waiting.id)})
		if got.Get("errors", 0, "code") != "frozen" {
			w.Errorf("one that waited for its code: %s", got.Body)
		}
		if c := w.read(waiting.id); c.State != aid.Submitted {
			w.Errorf("it is %s", c.State)
		}
		// What it had before goes on.
		w.Want(200, "POST", before.path+"/contacted", before.secret, nil)
		w.sign(before)
		w.balanced(pasir1)
		// Others take as ever, and so do people themselves.
		w.pledge(w.form(2))
	})
}

func TestWhatTheOfficeAmendsIsWhatIsPromised(t *testing.T) {
	t.Parallel()
	eachStore(t, func(w *world) {
		first := w.pledge(w.form(2))
		entry := `{"id":"tangki","program":"air-bersih","name":"Tangki Air","unit":"tangki","contents":["5.000 liter"],"modality":"goods",
			"prices":[{"from":"2024-01-01","amount":300000},{"from":"2025-07-01","amount":350000},{"from":"2025-09-11","amount":400000}],"milliHouseholdDays":50000}`
		if err := w.store.PutCatalogueEntry(w.Context(), aid.Amendment{List: aid.PackageList, ID: "tangki", Entry: []byte(entry), Version: 1, At: w.clock()}); err != nil {
			w.Fatal(err)
		}
		w.pass(24 * time.Hour)
		second := w.pledge(with(w.form(2), "period", object{"from": "2025-09-11", "to": "2025-09-20"}))
		if a, b := w.read(first.id).Lines[0].Value, w.read(second.id).Lines[0].Value; a != 700000 || b != 800000 {
			w.Errorf("worth %d before and %d after the new price; want 700000 and 800000", a, b)
		}
	})
}
