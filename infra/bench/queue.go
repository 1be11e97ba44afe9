package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"golang.org/x/sync/errgroup"

	"ksbb/infra/local/lambda"
	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

const (
	// queuedCommitments is how many there are, and queuedFiles how many files of
	// theirs nobody has looked at.
	queuedCommitments = 100_000
	queuedFiles       = 600
	// queuePages is how many pages of each queue are read.
	queuePages = 50
)

// queue measures what the console's lists cost when a region has many
// commitments: the real function, asked as the gateway asks it, on the real
// engine. Every call that it makes to the engine is counted on the way.
func (b *bench) queue(ctx context.Context, _ []string) error {
	// Nobody listens, and the engine looks through all records of a stream before
	// it adds one.
	e, err := b.startEngines(ctx, "StreamSpecification")
	if err != nil {
		return err
	}
	defer e.close()
	now := time.Now().UTC().Truncate(time.Millisecond)
	began := time.Now()
	waits, via, err := b.fillQueue(ctx, e, b.times(queuedCommitments), now)
	if err != nil {
		return err
	}
	b.say("queue: loaded after %.1f s", time.Since(began).Seconds())
	desk, err := b.openDesk(e)
	if err != nil {
		return err
	}
	defer desk.close()

	b.out.line("\n## queue: what waits, among %d commitments\n", b.times(queuedCommitments))
	b.out.line("%s. The real function, invoked as the gateway does, one call after the other. A proxy between it and the engine counts every request and the read units that the engine says it took; "+
		"its time is in the latencies. A page asks for 50. Queries of the index, batches and units are of the first page and the most of any; a batch reads the facts of up to 100 entries. "+
		"Besides, each call reads the caller's account, and one a minute the catalogue. Read is how many entries of the index were looked at for the first page, shown how many were the caller's.", waits)
	if err := desk.pages(ctx, b, via); err != nil {
		return err
	}
	if err := desk.counts(ctx, b, via); err != nil {
		return err
	}
	return desk.lists(ctx, b)
}

// fillQueue loads the recipients of the demonstration with so many commitments,
// of which three in five wait for somebody. It returns what there is, in words,
// and the aggregator that carries a tenth of them.
func (b *bench) fillQueue(ctx context.Context, e *engines, commitments int, now time.Time) (string, aid.AggregatorID, error) {
	all, err := listings(b.pack, 0, aid.DayOf(now, b.pack.Zone))
	if err != nil {
		return "", "", err
	}
	via := b.pack.Aggregators[0].ID
	r := rand.New(rand.NewPCG(worldNumber, 7))
	var open []int
	for i := range all {
		if all[i].Recipient.Kind != "" && len(all[i].Needs) > 0 {
			open = append(open, i)
		}
	}
	waiting := map[aid.Lane]int{}
	var promised []aid.Commitment
	for n := range commitments {
		l := &all[open[n%len(open)]]
		c, err := b.promise(r, l, n, via, now)
		if err != nil {
			return "", "", err
		}
		lane, _ := aid.WorkOf(c)
		waiting[lane]++
		if c.State == aid.Pledged {
			waiting[aid.LaneModeration]++
		}
		l.History = append(l.History, c)
		l.Activity.Pledged++
		promised = append(promised, c)
	}
	for _, l := range all {
		waiting[aid.LaneStale] += len(l.Needs)
	}
	facts := table.New(e.db(), e.ledger, e.private)
	if err := facts.Load(ctx, all, b.pack.Catalogue(), now); err != nil {
		return "", "", err
	}
	group, loading := errgroup.WithContext(ctx)
	group.SetLimit(8)
	files := min(queuedFiles, len(promised))
	for i := range files {
		c := promised[i*len(promised)/files]
		group.Go(func() error { return fileFor(loading, facts, c, i, now) })
	}
	if err := group.Wait(); err != nil {
		return "", "", err
	}
	waiting[aid.LaneEvidence] = files
	for _, account := range demo.Officers(b.pack, now) {
		if err := facts.PutOfficer(ctx, aid.Account{}, account); err != nil {
			return "", "", err
		}
	}
	var words []string
	for _, lane := range aid.Lanes {
		if n := waiting[lane]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, lane))
		}
	}
	return fmt.Sprintf("%d recipients; in the lanes: %s", len(all), strings.Join(words, ", ")), via, nil
}

// promise invents one commitment, of which a fifth was only promised, a fifth is
// on its way, a fifth was reported or is in dispute, and the rest is over.
func (b *bench) promise(r *rand.Rand, l *aid.Listing, n int, via aid.AggregatorID, now time.Time) (aid.Commitment, error) {
	cat := b.pack.Catalogue()
	need := l.Needs[n/7%len(l.Needs)]
	leaf, _ := cat.LeafOf(l.Recipient)
	fate := n % 10
	age := time.Duration(5*24+r.IntN(50*24)) * time.Hour
	if fate < 2 {
		age = time.Duration(r.IntN(47*60)) * time.Minute
	}
	at := now.Add(-age - time.Duration(r.IntN(int(time.Hour/time.Millisecond)))*time.Millisecond)
	day := aid.DayOf(at, b.pack.Zone)
	giver := r.IntN(5_000)
	c := aid.Commitment{
		ID:        aid.CommitmentID(fmt.Sprintf("%08x-%04x-7%03x-8%03x-%012x", uint32(at.UnixMilli()>>16), uint16(at.UnixMilli()), r.IntN(0x1000), r.IntN(0x1000), n)),
		Recipient: l.Recipient.ID, Leaf: leaf, Program: need.Program, Route: aid.Direct, State: aid.Submitted, Version: 1,
		Lines:  []aid.Line{{Need: need.ID, Package: need.Package, Quantity: 10, Unit: cat.Packages[need.Package].Unit, Value: 2_000_000}},
		Period: aid.Period{From: day.Plus(1), To: day.Plus(3 + r.IntN(20))}, Name: fmt.Sprintf("Yayasan Contoh %d", giver), Class: aid.Classes[giver%len(aid.Classes)],
		Collaborator: aid.CollaboratorID(fmt.Sprint(giver)), Demo: true, SubmittedAt: at, VerifyBy: at.Add(24 * time.Hour),
	}
	var err error
	then := func(next aid.Commitment, wrong error) { c, err = next, errors.Join(err, wrong) }
	then(c.Verified(at.Add(time.Minute), cat))
	if n/10%10 == 0 {
		c.Route, c.Aggregator = aid.Aggregate, via
	}
	report := func() {
		then(c.SignedAs("sha256-bench", at.Add(3*time.Hour), cat))
		then(c.Reported(aid.DeliveryReport{ID: "d", On: day.Plus(1), Quantities: []int64{10}}, at.Add(30*time.Hour), cat))
	}
	answer := func(a aid.Answer, quantities ...int64) {
		then(c.ReceivedAs(aid.ReceiptAnswer{Delivery: "d", Answer: a, Quantities: quantities, Via: aid.ViaSteward}, at.Add(40*time.Hour), cat))
	}
	if fate >= 2 && fate < 9 {
		then(c.Spoken(aid.Collaborator, at.Add(2*time.Hour), cat))
	}
	switch fate {
	case 0, 1: // nobody has spoken yet
	case 2, 3:
		then(c.SignedAs("sha256-bench", at.Add(3*time.Hour), cat))
	case 4:
		report()
	case 5:
		report()
		answer(aid.Fewer, 4)
	case 6, 7, 8:
		report()
		answer(aid.Full)
	case 9:
		then(c.WithdrawnFor("other", aid.Collaborator, at.Add(2*time.Hour), cat))
	}
	if err != nil {
		return c, fmt.Errorf("invent commitment %d: %w", n, err)
	}
	return c, nil
}

// fileFor brings a photo for a commitment, which is accepted.
func fileFor(ctx context.Context, facts *table.Table, c aid.Commitment, n int, now time.Time) error {
	f := aid.Evidence{
		ID: aid.EvidenceID(fmt.Sprintf("%032x", n+1)), Commitment: c.ID, Recipient: c.Recipient, Leaf: c.Leaf, Kind: aid.EvidencePhoto, Type: "image/jpeg",
		Length: 1000, SHA256: fmt.Sprintf("%064x", n+1), State: aid.EvidenceAwaited, At: now,
	}
	if err := facts.AddEvidence(ctx, f); err != nil {
		return err
	}
	f.State, f.Version, f.CheckedAt = aid.EvidenceAccepted, "v1", now.Add(-time.Duration(n)*time.Minute)
	return facts.JudgeEvidence(ctx, f)
}

// desk is the console's function, and what it asks of the engine.
type desk struct {
	host   *lambda.Host
	pool   *lambda.Pool
	proxy  *httptest.Server
	client string

	mu   sync.Mutex
	cost *toll
}

// toll is what one call asks of the engine.
type toll struct {
	calls map[string]int // by operation
	units float64
	waits int // queries of the index by lane
	read  int // entries of it
}

// openDesk starts the function behind a proxy.
func (b *bench) openDesk(e *engines) (*desk, error) {
	d := &desk{client: "bench"}
	var of *lambda.Function
	for _, f := range e.template.Functions {
		if f.Folder == "staff-api" {
			s, err := b.starterOf(f, e)
			if err != nil {
				return nil, err
			}
			of = &s.Function
		}
	}
	if of == nil {
		return nil, errors.New("template.yaml: no staff-api")
	}
	to, err := url.Parse(e.dynamodb.URL)
	if err != nil {
		return nil, err
	}
	d.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.pass(w, r, to) }))
	of.Env = append(of.Env, "AWS_ENDPOINT_URL_DYNAMODB="+d.proxy.URL, "STAFF_CLIENT="+d.client)
	if d.host, err = lambda.NewHost(filepath.Join(b.folder, "log"), func(string, error) {}); err == nil {
		d.pool, err = d.host.Add(*of)
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *desk) close() {
	if d.host != nil {
		d.host.Close()
	}
	d.proxy.Close()
}

// pass hands a request on to the engine, asks what it took, and counts it.
func (d *desk) pass(w http.ResponseWriter, r *http.Request, to *url.URL) {
	var body map[string]json.RawMessage
	answer, err := func() (*http.Response, error) {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			return nil, err
		}
		body["ReturnConsumedCapacity"] = json.RawMessage(`"TOTAL"`)
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		on, err := http.NewRequestWithContext(r.Context(), r.Method, to.String()+r.URL.Path, bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		for name, values := range r.Header {
			if name != "Content-Length" {
				on.Header[name] = values
			}
		}
		return http.DefaultClient.Do(on)
	}()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	d.count(operation, string(body["IndexName"]) == `"Work"`, text)
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(text)
}

func (d *desk) count(operation string, waits bool, answer []byte) {
	type units struct{ CapacityUnits float64 }
	var said struct {
		ScannedCount     int
		ConsumedCapacity json.RawMessage
	}
	if json.Unmarshal(answer, &said) != nil {
		return
	}
	var one units
	var many []units
	if json.Unmarshal(said.ConsumedCapacity, &one) == nil {
		many = append(many, one)
	} else {
		_ = json.Unmarshal(said.ConsumedCapacity, &many)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cost == nil {
		return
	}
	d.cost.calls[operation]++
	for _, u := range many {
		d.cost.units += u.CapacityUnits
	}
	if waits {
		d.cost.waits++
		d.cost.read += said.ScannedCount
	}
}

// officer is somebody at the console.
type officer struct {
	title      string
	role       aid.StaffRole
	area       area.Code
	aggregator aid.AggregatorID
}

// get calls the console as somebody, and says what that took.
func (d *desk) get(ctx context.Context, who officer, path string, query url.Values, out any) (toll, time.Duration, error) {
	claims := map[string]string{
		"token_use": "access", "client_id": d.client, "sub": "bench", "name": "Bench", "email": "bench@contoh.invalid", "role": string(who.role), "aggregator": string(who.aggregator),
	}
	if who.area != "" {
		claims["areas"] = "[" + string(who.area) + "]"
	}
	request := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, RawQueryString: query.Encode(), Headers: map[string]string{"accept": "*/*"}}
	request.RequestContext.DomainName, request.RequestContext.RequestID = "localhost", "bench"
	request.RequestContext.HTTP.Method, request.RequestContext.HTTP.Path, request.RequestContext.HTTP.SourceIP = "GET", path, "127.0.0.1"
	request.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: claims}}
	event, err := json.Marshal(request)
	if err != nil {
		return toll{}, 0, err
	}
	cost := toll{calls: map[string]int{}}
	d.mu.Lock()
	d.cost = &cost
	d.mu.Unlock()
	began := time.Now()
	answer, err := d.pool.Invoke(ctx, event)
	took := time.Since(began)
	d.mu.Lock()
	d.cost = nil
	d.mu.Unlock()
	if err != nil {
		return cost, took, err
	}
	var said struct {
		StatusCode int
		Body       string
	}
	if err := json.Unmarshal(answer, &said); err != nil || said.StatusCode != http.StatusOK {
		return cost, took, fmt.Errorf("%s?%s as %s: %d %s", path, query.Encode(), who.title, said.StatusCode, said.Body)
	}
	if cost.calls["Scan"] > 0 {
		return cost, took, fmt.Errorf("%s?%s as %s scans", path, query.Encode(), who.title)
	}
	return cost, took, json.Unmarshal([]byte(said.Body), out)
}

// officers are those that the queues are read as: the region, its largest kota, a
// kelurahan there, and an aggregator.
func officers(pack *region.Pack, via aid.AggregatorID) []officer {
	kelurahan := map[area.Code][]area.Code{}
	for _, k := range pack.At(area.Kelurahan) {
		kota := k.Code.At(area.Kota)
		kelurahan[kota] = append(kelurahan[kota], k.Code)
	}
	var largest area.Code
	for kota, inside := range kelurahan {
		if more := cmp.Compare(len(inside), len(kelurahan[largest])); more > 0 || more == 0 && kota < largest {
			largest = kota
		}
	}
	middle := kelurahan[largest][len(kelurahan[largest])/2]
	return []officer{
		{"region", aid.StaffAdmin, "", ""},
		{"kota " + string(largest), aid.StaffVerifier, largest, ""},
		{"kelurahan " + string(middle), aid.StaffKelurahan, middle, ""},
		{"aggregator", aid.StaffAggregator, "", via},
	}
}

// pages reads the queues of each officer, page after page, from the beginning
// again where there are few.
func (d *desk) pages(ctx context.Context, b *bench, via aid.AggregatorID) error {
	var rows [][]string
	for _, who := range officers(b.pack, via) {
		for _, tab := range []string{"new", "late", "answer", "dispute", "evidence", "moderation", "stale"} {
			if who.role == aid.StaffAggregator && !slices.Contains([]string{"new", "late", "answer", "dispute"}, tab) ||
				who.role == aid.StaffKelurahan && (tab == "evidence" || tab == "moderation") || who.role == aid.StaffVerifier && tab == "stale" {
				continue
			}
			row, err := d.tab(ctx, who, tab)
			if err != nil {
				return err
			}
			rows = append(rows, row)
			b.say("queue: %s, %s", who.title, tab)
		}
	}
	b.out.table([]string{"", "pages", "queries", "batches", "units", "read", "shown", "min", "median", "p99", "deep page"}, rows)
	return nil
}

func (d *desk) tab(ctx context.Context, who officer, tab string) ([]string, error) {
	var first, most toll
	var times, deep sample
	cursor, pages, shown, batches, walked := "", 0, 0, 0, false
	for len(times) < queuePages {
		query := url.Values{"tab": {tab}, "limit": {"50"}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var page struct {
			Items []json.RawMessage
			Next  string
		}
		cost, took, err := d.get(ctx, who, "/v1/staff/queue", query, &page)
		if err != nil {
			return nil, err
		}
		if len(times) == 0 {
			first, shown = cost, len(page.Items)
		}
		most.waits, most.units = max(most.waits, cost.waits), max(most.units, cost.units)
		batches = max(batches, cost.calls["BatchGetItem"])
		if times = append(times, took); !walked {
			pages++
		}
		if cursor != "" && (page.Next == "" || len(times) == queuePages) {
			deep = append(deep, took)
		}
		if cursor = page.Next; cursor == "" {
			walked = true
		}
	}
	much := fmt.Sprint(pages)
	if !walked {
		much += "+"
	}
	last := "—"
	if len(deep) > 0 {
		last = ms(deep.median())
	}
	pair := func(a, b any) string { return fmt.Sprintf("%v / %v", a, b) }
	return []string{
		who.title + ", " + tab, much, pair(first.waits, most.waits), pair(first.calls["BatchGetItem"], batches),
		pair(first.units, most.units), fmt.Sprint(first.read), fmt.Sprint(shown), ms(times.at(0)), ms(times.median()), ms(times.at(0.99)), last,
	}, nil
}

// counts reads how much waits in every tab.
func (d *desk) counts(ctx context.Context, b *bench, via aid.AggregatorID) error {
	var rows [][]string
	for _, who := range officers(b.pack, via) {
		var times sample
		var cost toll
		var said struct {
			Tabs []struct {
				Tab    string
				Total  int
				Capped bool
			}
		}
		for range 10 {
			c, took, err := d.get(ctx, who, "/v1/staff/queue/counts", nil, &said)
			if err != nil {
				return err
			}
			times, cost = append(times, took), c
		}
		var capped []string
		for _, t := range said.Tabs {
			if t.Capped {
				capped = append(capped, t.Tab)
			}
		}
		rows = append(rows, []string{
			who.title, fmt.Sprint(len(said.Tabs)), fmt.Sprint(cost.waits), fmt.Sprint(cost.calls["BatchGetItem"]), fmt.Sprint(cost.units), fmt.Sprint(cost.read),
			ms(times.at(0)), ms(times.median()), ms(times.at(1)), cmp.Or(strings.Join(capped, ", "), "none"),
		})
	}
	b.out.line("\nHow much waits, in all tabs at once, by kelurahan; ten times each:")
	b.out.table([]string{"", "tabs", "queries", "batches", "units", "read", "min", "median", "max", "said to be more"}, rows)
	return nil
}

// lists reads the first page of every other list.
func (d *desk) lists(ctx context.Context, b *bench) error {
	who := officers(b.pack, "")
	kelurahan := who[2].area
	var rows [][]string
	for _, list := range []struct {
		who   officer
		path  string
		query url.Values
	}{
		{who[0], "/v1/staff/recipients", nil},
		{who[0], "/v1/staff/recipients", url.Values{"q": {"tidak ada yang bernama begini"}}},
		{who[2], "/v1/staff/recipients", nil},
		{who[0], "/v1/staff/commitments", url.Values{"area": {string(kelurahan.At(area.Kecamatan))}}},
		{who[0], "/v1/staff/commitments", url.Values{"area": {string(kelurahan.At(area.Kecamatan))}, "state": {"lapsed"}}},
		{who[2], "/v1/staff/commitments", url.Values{"area": {string(kelurahan)}}},
		{who[0], "/v1/staff/complaints", nil},
		{who[0], "/v1/staff/ideas", nil},
		{who[0], "/v1/staff/proposals", nil},
		{who[0], "/v1/staff/recipients/imports", nil},
		{who[0], "/v1/staff/aggregators", nil},
		{who[0], "/v1/staff/officers", nil},
		{who[0], "/v1/staff/audit", nil},
		{who[0], "/v1/staff/audit", url.Values{"officer": {"bench"}}},
	} {
		var times sample
		var cost toll
		for range 5 {
			c, took, err := d.get(ctx, list.who, list.path, list.query, &struct{}{})
			if err != nil {
				return err
			}
			times, cost = append(times, took), c
		}
		name := strings.TrimPrefix(list.path, "/v1/staff/")
		if len(list.query) > 0 {
			name += "?" + list.query.Encode()
		}
		rows = append(rows, []string{
			name + ", " + list.who.title, fmt.Sprint(cost.calls["Query"]), fmt.Sprint(cost.calls["BatchGetItem"] + cost.calls["GetItem"]), fmt.Sprint(cost.calls["Scan"]), fmt.Sprint(cost.units),
			ms(times.at(0)), ms(times.median()), ms(times.at(1)),
		})
	}
	b.out.line("\nThe first page of the other lists, five times each:")
	b.out.table([]string{"", "queries", "gets", "scans", "units", "min", "median", "max"}, rows)
	return nil
}
