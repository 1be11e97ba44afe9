package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/altcha-org/altcha-lib-go"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"

	"ksbb/infra/local/lambda"
	"ksbb/infra/local/mail"
	"ksbb/infra/local/stack"
	"ksbb/shared/aid"
	"ksbb/shared/publish"
	"ksbb/shared/table"
)

// apiTarget is what a submission may cost beside the raw transaction, by
// quality.md: in process, without a front.
const apiTarget = 1.3

// visitor is a browser in front of the whole local stack.
type visitor struct {
	*bench
	stack *stack.Stack
	facts *table.Table
	db    *dynamodb.Client
	// The names of the tables, for those who go round our code.
	ledger, private string
	rw              []aid.Listing
	next            int
}

// front measures through the whole stack: real binaries behind HTTP.
func (b *bench) front(ctx context.Context, only []string) error {
	v, err := b.visit(ctx)
	if err != nil {
		return err
	}
	defer v.stack.Close()
	if slices.Contains(only, "fresh") {
		if err := v.endToEnd(ctx); err != nil {
			return fmt.Errorf("end to end: %w", err)
		}
	}
	if slices.Contains(only, "api") {
		if err := v.api(ctx); err != nil {
			return fmt.Errorf("api: %w", err)
		}
	}
	if slices.Contains(only, "receipt") {
		if err := v.receipt(ctx); err != nil {
			return fmt.Errorf("receipt: %w", err)
		}
	}
	return nil
}

// visit starts the stack with the demonstration's recipients.
func (b *bench) visit(ctx context.Context) (*visitor, error) {
	v := &visitor{bench: b}
	var err error
	began := time.Now()
	v.stack, err = stack.Start(ctx, stack.Options{
		Template: filepath.Join(b.root, "template.yaml"), Parameters: map[string]string{"RegionPack": regionPack},
		DataDir: filepath.Join(b.folder, "stack"), Bin: filepath.Join(b.root, "build", "bin"), Site: filepath.Join(b.root, "site", "dist"),
		DynamoDBBinary: os.Getenv("DYNAMODB_BIN"),
		Seed: func(ctx context.Context, to stack.Seeding) error {
			now := time.Now()
			all, err := listings(b.pack, 0, aid.DayOf(now, b.pack.Zone))
			if err != nil {
				return err
			}
			v.db, v.ledger, v.private = clientOf(to.DynamoDB), to.Ledger, to.Private
			v.facts = table.New(v.db, v.ledger, v.private)
			if v.rw, err = chosen(b.pack, all, 300); err != nil {
				return err
			}
			return v.facts.Load(ctx, all, b.pack.Catalogue(), now)
		},
	})
	if err != nil {
		return nil, err
	}
	b.say("front: the local stack stands after %.1f s", time.Since(began).Seconds())
	return v, nil
}

// to returns the RW whose turn it is.
func (v *visitor) to() aid.Listing {
	v.next++
	return v.rw[v.next%len(v.rw)]
}

// call sends a request and insists on a status.
func (v *visitor) call(ctx context.Context, method, path, secret string, body, out any, want int) error {
	var send io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", method, path, err)
		}
		send = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, v.stack.URL+path, send)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("read answer of %s %s: %w", method, path, err)
	}
	if answer.StatusCode != want {
		return fmt.Errorf("%s %s: got %d %s; want %d", method, path, answer.StatusCode, text, want)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("read answer of %s %s: %w", method, path, err)
	}
	return nil
}

// pay asks for a challenge and solves it, as the form does.
func (v *visitor) pay(ctx context.Context) (string, error) {
	var c altcha.Payload
	var asked struct {
		MaxNumber int `json:"maxnumber"`
	}
	var text json.RawMessage
	if err := v.call(ctx, http.MethodGet, "/v1/challenge", "", nil, &text, http.StatusOK); err != nil {
		return "", err
	}
	if err := errors.Join(json.Unmarshal(text, &c), json.Unmarshal(text, &asked)); err != nil {
		return "", fmt.Errorf("read challenge: %w", err)
	}
	found, err := altcha.SolveChallengeSafe(c.Challenge, c.Salt, altcha.Algorithm(c.Algorithm), asked.MaxNumber, 0, nil)
	if err != nil || found == nil {
		return "", fmt.Errorf("solve challenge: nothing found, %w", err)
	}
	c.Number = int64(found.Number)
	answer, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode solution: %w", err)
	}
	return base64.StdEncoding.EncodeToString(answer), nil
}

// form is a request that is ready to be sent.
type form struct {
	id, email string
	body      map[string]any
}

// fillIn prepares everything up to the last tap on the button.
func (v *visitor) fillIn(ctx context.Context) (form, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return form{}, fmt.Errorf("make id: %w", err)
	}
	solution, err := v.pay(ctx)
	if err != nil {
		return form{}, err
	}
	type object = map[string]any
	d := draft(aid.CommitmentID(id.String()), v.to().Recipient.ID, aid.DayOf(time.Now(), v.pack.Zone))
	f := form{id: id.String(), email: "bench-" + id.String() + "@contoh.invalid"}
	f.body = object{
		"recipient": d.Recipient, "program": d.Program, "route": d.Route, "period": d.Period, "language": "id", "challenge": solution,
		"lines": []object{{"need": d.Lines[0].Need, "quantity": d.Lines[0].Quantity}},
		"collaborator": object{
			"name": d.Giver.Name, "class": d.Giver.Class, "showName": true, "email": f.email, "phone": d.Giver.Phone,
		},
		"statement": object{"accepted": true, "signedBy": d.SignedBy},
	}
	return f, nil
}

// send taps the button and returns the secret.
func (v *visitor) send(ctx context.Context, f form) (string, error) {
	var answer struct{ Secret string }
	err := v.call(ctx, http.MethodPut, "/v1/commitments/"+f.id, "", f.body, &answer, http.StatusCreated)
	return answer.Secret, err
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// letter waits for a mail and returns the code in it.
func (v *visitor) letter(ctx context.Context, to string) (string, error) {
	var code string
	return code, v.eventually(ctx, "the mail to "+to, 10*time.Millisecond, func() (bool, error) {
		var messages []mail.Message
		if err := v.call(ctx, http.MethodGet, "/_local/mail", "", nil, &messages, http.StatusOK); err != nil {
			return false, err
		}
		for _, m := range slices.Backward(messages) {
			if m.To == to {
				code = sixDigits.FindString(m.Text)
				return code != "", nil
			}
		}
		return false, nil
	})
}

// quiet waits until everything that was woken has finished: no function was
// called for a fifth of a second.
func (v *visitor) quiet(ctx context.Context) error {
	before, since := -1, time.Now()
	return v.eventually(ctx, "quiet", 20*time.Millisecond, func() (bool, error) {
		var tallies []lambda.Tally
		if err := v.call(ctx, http.MethodGet, "/_local/functions", "", nil, &tallies, http.StatusOK); err != nil {
			return false, err
		}
		sum := 0
		for _, t := range tallies {
			sum += t.Invocations
			if t.Errors > 0 {
				return false, fmt.Errorf("%s failed %d times: %s", t.Function, t.Errors, t.LastError)
			}
		}
		if sum != before {
			before, since = sum, time.Now()
		}
		return time.Since(since) > 200*time.Millisecond, nil
	})
}

// eventually asks until the answer is yes, for a minute at most.
func (v *visitor) eventually(ctx context.Context, what string, pause time.Duration, ask func() (bool, error)) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if yes, err := ask(); yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return fmt.Errorf("%s does not come", what)
}

// journey is what a person who promises something waits for.
type journey struct{ answered, readable, whole sample }

// endToEnd measures a tap on "verify" until the totals of the published tree
// have changed, over HTTP.
func (v *visitor) endToEnd(ctx context.Context) error {
	n, rare := v.times(60), v.times(12)
	var busy, rested journey
	for range min(n, 5) { // warm up
		if err := v.promise(ctx, &journey{}, 0); err != nil {
			return err
		}
	}
	for range n {
		if err := v.promise(ctx, &busy, 0); err != nil {
			return err
		}
	}
	// The local poller asks less often when nothing has changed for five seconds.
	for range rare {
		if err := v.promise(ctx, &rested, 6*time.Second); err != nil {
			return err
		}
	}
	v.out.line("\n## fresh: end to end, as a person sees it\n")
	v.out.line("The local stack with the demonstration's recipients: HTTP → API event → Lambda runtime → function → DynamoDB engine → stream → publisher → S3 engine → HTTP. " +
		"One person at a time, everything woken earlier has finished; the manifest is asked for every 2 ms and the region's file must say the promise. " +
		"\"Rested\": nothing happened for 6 seconds before, so the local stream is asked every 60 ms instead of every 15.")
	var rows [][]string
	for _, each := range []struct {
		name string
		*journey
	}{{"", &busy}, {"rested: ", &rested}} {
		rows = append(rows,
			append(each.answered.row(each.name+"verification sent → answered"), ""),
			append(each.readable.row(each.name+"answered → totals readable"), verdict(each.readable.at(0.99), localTarget)),
			append(each.whole.row(each.name+"verification sent → totals readable"), ""))
	}
	v.out.table(append(slices.Clone(sampleHead), "p99 ≤ "+ms(localTarget)), rows)
	return nil
}

func (v *visitor) promise(ctx context.Context, j *journey, rest time.Duration) error {
	f, err := v.fillIn(ctx)
	if err != nil {
		return err
	}
	secret, err := v.send(ctx, f)
	if err != nil {
		return err
	}
	code, err := v.letter(ctx, f.email)
	if err != nil {
		return err
	}
	if err := v.quiet(ctx); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(rest):
	}
	manifest, before, err := v.published(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	err = v.call(ctx, http.MethodPost, "/v1/commitments/"+f.id+"/verification", secret, map[string]string{"code": code}, nil, http.StatusOK)
	if err != nil {
		return err
	}
	answered := time.Now()
	var m publish.Manifest
	err = v.eventually(ctx, "the next manifest", 2*time.Millisecond, func() (bool, error) {
		err := v.call(ctx, http.MethodGet, "/"+publish.ManifestPath, "", nil, &m, http.StatusOK)
		return m.Generation > manifest.Generation, err
	})
	if err != nil {
		return err
	}
	var root publish.AreaFile
	if err := v.call(ctx, http.MethodGet, "/"+m.Root, "", nil, &root, http.StatusOK); err != nil {
		return err
	}
	readable := time.Now()
	if root.Totals.Open != before.Totals.Open+1 {
		return fmt.Errorf("published totals say %d open commitments after %d", root.Totals.Open, before.Totals.Open)
	}
	j.answered = append(j.answered, answered.Sub(began))
	j.readable = append(j.readable, readable.Sub(answered))
	j.whole = append(j.whole, readable.Sub(began))
	return v.quiet(ctx)
}

// published reads the manifest and the region's file.
func (v *visitor) published(ctx context.Context) (m publish.Manifest, root publish.AreaFile, err error) {
	if err = v.call(ctx, http.MethodGet, "/"+publish.ManifestPath, "", nil, &m, http.StatusOK); err == nil {
		err = v.call(ctx, http.MethodGet, "/"+m.Root, "", nil, &root, http.StatusOK)
	}
	return m, root, err
}

// recorder keeps a transaction instead of making it.
type recorder struct {
	*dynamodb.Client
	made *dynamodb.TransactWriteItemsInput
}

// TransactWriteItems records in and answers as if it had been done.
func (r *recorder) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	r.made = in
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

// subject is one of those that are compared.
type subject struct {
	what   string
	run    func(context.Context) (time.Duration, error)
	judged bool // by the target
	took   sample
}

// api measures a submission through the whole front against the transaction
// that it comes to.
func (v *visitor) api(ctx context.Context) error {
	n := v.times(100)
	subjects := []*subject{
		{what: "raw TransactWriteItems, five items, SDK", run: v.raw},
		{what: "store: Submitted + Place + Submit, in process", run: v.stored, judged: true},
		{what: "GET /v1/challenge through the front", run: v.floor},
		{what: "PUT /v1/commitments/{id} through the front", run: v.whole, judged: true},
	}
	warm := min(n, 10)
	for i := range warm + n {
		for j := range subjects {
			s := subjects[(i+j)%len(subjects)] // nobody always follows the same one
			d, err := s.run(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", s.what, err)
			}
			if i >= warm {
				s.took = append(s.took, d)
			}
			if err := v.quiet(ctx); err != nil {
				return err
			}
		}
	}
	v.out.line("\n## api: a submission against the transaction it comes to\n")
	v.out.line("`PUT /v1/commitments/{id}` with a challenge that was solved beforehand, against `TransactWriteItems` of the very items that such a submission writes, " +
		"with the SDK on the same engine and tables. All take turns; everything woken by one has finished before the next. " +
		"The function's own handler is not reachable from here (its package is main); \"store\" is the work it has our table package do: one look for a repeat, one place, one transaction. " +
		"The challenge asks no table: it is what the front and the runtime cost.")
	base := float64(subjects[0].took.median())
	var rows [][]string
	for _, each := range subjects {
		times := float64(each.took.median()) / base
		target := ""
		switch {
		case each.judged && times > apiTarget:
			target = fmt.Sprintf("%.1f: missed by %.2f", apiTarget, times-apiTarget)
		case each.judged:
			target = fmt.Sprintf("%.1f: met", apiTarget)
		}
		rows = append(rows, append(each.took.row(each.what), fmt.Sprintf("%.2f", times), target))
	}
	v.out.table(append(slices.Clone(sampleHead), "ratio to raw", "target"), rows)
	v.out.line("\nThe target is for the function's code in process; the row through the front holds the front, the Runtime API and two process changes beside it.")
	return nil
}

// prepared is a submission that nobody has made yet.
func (v *visitor) prepared(ctx context.Context) (table.Submission, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return table.Submission{}, fmt.Errorf("make id: %w", err)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	to := v.to()
	place, _, err := v.facts.Place(ctx, to.Recipient.ID)
	if err != nil {
		return table.Submission{}, err
	}
	return submission(v.pack, draft(aid.CommitmentID(id.String()), to.Recipient.ID, aid.DayOf(now, v.pack.Zone)), place, now)
}

// raw sends the transaction that a submission comes to, and nothing else.
func (v *visitor) raw(ctx context.Context) (time.Duration, error) {
	s, err := v.prepared(ctx)
	if err != nil {
		return 0, err
	}
	r := &recorder{Client: v.db}
	if _, _, err := table.New(r, v.ledger, v.private).Submit(ctx, s); err != nil {
		return 0, err
	}
	began := time.Now()
	_, err = v.db.TransactWriteItems(ctx, r.made)
	return time.Since(began), err
}

// stored does what a submission has our table package do.
func (v *visitor) stored(ctx context.Context) (time.Duration, error) {
	s, err := v.prepared(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if _, _, err := v.facts.Submitted(ctx, s.Commitment.ID, s.Fingerprint); err != nil {
		return 0, err
	}
	if _, _, err := v.facts.Place(ctx, s.Commitment.Recipient); err != nil {
		return 0, err
	}
	_, _, err = v.facts.Submit(ctx, s)
	return time.Since(began), err
}

// floor is a request that asks no table.
func (v *visitor) floor(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	err := v.call(ctx, http.MethodGet, "/v1/challenge", "", nil, nil, http.StatusOK)
	return time.Since(began), err
}

// whole sends a form that was filled in beforehand.
func (v *visitor) whole(ctx context.Context) (time.Duration, error) {
	f, err := v.fillIn(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	_, err = v.send(ctx, f)
	return time.Since(began), err
}
