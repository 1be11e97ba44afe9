package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/errgroup"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
)

// queueStore is the part of the tables that says what waits.
type queueStore interface {
	WorkOf(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time, theirs func(table.WorkItem) bool, cursor string, limit int) (items []table.WorkItem, next string, err error)
	WorkCounts(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time) (counts map[area.Code]int, capped bool, err error)
	WorkFacts(ctx context.Context, items []table.WorkItem) (table.WorkFacts, error)
	Desks(ctx context.Context, objects []string) (map[string]table.Desk, error)
}

func (s *server) registerQueue(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "getQueue", Method: http.MethodGet, Path: "/v1/staff/queue",
		Summary:     "What waits for somebody, the oldest first",
		Description: "A page may hold a few more or fewer than asked for, and have another one after it.",
	}, s.queue)
	huma.Register(api, huma.Operation{
		OperationID: "getQueueCounts", Method: http.MethodGet, Path: "/v1/staff/queue/counts",
		Summary: "How much waits, by kind and kelurahan",
	}, s.queueCounts)
}

// tab is one list of the console.
type tab struct {
	name  string
	duty  aid.Deed // whose work it is
	whole bool     // one list for the region, and none for each kota
	also  bool     // beside those of each kota, one for the region
	parts func(now time.Time, limits aid.Limits, zone *time.Location) []part
}

// part is what of a lane stands in a tab: from one instant to another.
type part struct {
	lane     aid.Lane
	from, to time.Time
}

// soon is how long before its deadline a contact is late enough to be looked at.
const soon = 24 * time.Hour

// all puts the whole of a lane into a tab.
func all(lane aid.Lane) func(time.Time, aid.Limits, *time.Location) []part {
	return func(time.Time, aid.Limits, *time.Location) []part { return []part{{lane: lane}} }
}

// tabs lists what the console shows, in its order.
var tabs = []tab{
	{name: "new", duty: aid.ReadCommitments, parts: func(now time.Time, _ aid.Limits, _ *time.Location) []part {
		return []part{{lane: aid.LaneContact, from: now.Add(soon)}}
	}},
	{name: "late", duty: aid.ReadCommitments, parts: func(now time.Time, _ aid.Limits, _ *time.Location) []part {
		return []part{{lane: aid.LaneContact, to: now.Add(soon)}, {lane: aid.LaneDelivery, to: now}}
	}},
	{name: "answer", duty: aid.ReadCommitments, parts: func(now time.Time, _ aid.Limits, _ *time.Location) []part {
		return []part{{lane: aid.LaneAnswer, to: now}}
	}},
	{name: "evidence", duty: aid.ReviewEvidence, parts: all(aid.LaneEvidence)},
	{name: "moderation", duty: aid.ModerateTexts, parts: all(aid.LaneModeration)},
	{name: "dispute", duty: aid.ReadCommitments, parts: all(aid.LaneDispute)},
	{name: "complaint", duty: aid.HandleComplaints, also: true, parts: all(aid.LaneComplaint)},
	{name: "stale", duty: aid.ConfirmNeeds, parts: func(now time.Time, limits aid.Limits, zone *time.Location) []part {
		return []part{{lane: aid.LaneStale, to: aid.DayOf(now, zone).Plus(-limits.NeedStaleDays).Begins(time.UTC)}}
	}},
	{name: "proposal", duty: aid.ProposeChanges, also: true, parts: all(aid.LaneProposal)},
	{name: "import", duty: aid.Import, whole: true, parts: all(aid.LaneImport)},
	{name: "idea", duty: aid.ReadIdeas, whole: true, parts: all(aid.LaneIdea)},
}

// stretch is a part of a lane in one kota: what one query reads.
type stretch struct {
	part
	kota area.Code
}

// stretches returns what a tab is read from: the parts of its lanes in each kota
// that somebody answers for and asks about.
func (s *server) stretches(who caller, t tab, within area.Code, now time.Time) []stretch {
	kotas := []area.Code{""}
	if !t.whole {
		kotas = s.kotas(who, within)
	}
	var all []stretch
	for _, p := range t.parts(now, s.pack.Limits, s.pack.Zone) {
		for _, k := range kotas {
			all = append(all, stretch{p, k})
		}
	}
	if t.also && within == "" && len(who.Areas) == 0 {
		all = append(all, stretch{t.parts(now, s.pack.Limits, s.pack.Zone)[0], ""})
	}
	return all
}

// kotas lists the kota that somebody answers for and asks about.
func (s *server) kotas(who caller, within area.Code) []area.Code {
	var kotas []area.Code
	for _, k := range s.pack.At(area.Kota) {
		asked := within == "" || k.Code.Contains(within) || within.Contains(k.Code)
		answers := len(who.Areas) == 0 || slices.ContainsFunc(who.Areas, func(a area.Code) bool { return k.Code.Contains(a) || a.Contains(k.Code) })
		if asked && answers {
			kotas = append(kotas, k.Code)
		}
	}
	return kotas
}

// about tells whether something in an area is among what somebody answers for and
// asks about. What stands nowhere is everybody's who is limited to nothing.
func about(who caller, within, at area.Code) bool {
	if at == "" {
		return within == "" && (len(who.Areas) == 0 || who.Role == aid.StaffAggregator)
	}
	return (who.Role == aid.StaffAggregator || who.In(at)) && (within == "" || within.Contains(at))
}

// theirs returns what tells of an entry of the index alone whether it is among what
// somebody answers for and asks about; nil when all of it is, so that no more has to
// be read than is shown. What a complaint names is not in the index.
func theirs(who caller, within area.Code) func(table.WorkItem) bool {
	beyond := func(a area.Code) bool { return a.Level() > area.Kota }
	if who.Role != aid.StaffAggregator && !beyond(within) && !slices.ContainsFunc(who.Areas, beyond) {
		return nil
	}
	return func(w table.WorkItem) bool {
		carried := who.Role != aid.StaffAggregator || w.Aggregator == who.Aggregator
		return w.Kind == table.WorkComplaint || carried && about(who, within, w.Area)
	}
}

type queueInput struct {
	Tab    string `query:"tab" required:"true" enum:"new,late,answer,evidence,moderation,complaint,dispute,stale,proposal,import,idea"`
	Area   string `query:"area" maxLength:"30" doc:"Only what is in it"`
	Cursor string `query:"cursor" maxLength:"600"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type queueAnswer struct{ Body queueBody }

type queueBody struct {
	Tab   string     `json:"tab"`
	AsOf  time.Time  `json:"asOf"`
	Items []waitBody `json:"items"`
	Next  string     `json:"next,omitempty" doc:"Cursor of the page that follows"`
}

type waitBody struct {
	Kind       table.WorkKind      `json:"kind"`
	ID         string              `json:"id"`
	At         time.Time           `json:"at" doc:"Its deadline, or since when it has waited"`
	Area       area.Code           `json:"area" doc:"The kelurahan, empty where there is none"`
	AreaName   string              `json:"areaName"`
	Recipient  *namedBody          `json:"recipient,omitempty"`
	Commitment *waitCommitmentBody `json:"commitment,omitempty"`
	Title      string              `json:"title" doc:"What it is about: what is promised, a file's kind, a package, a class or kind"`
	Text       string              `json:"text,omitempty" doc:"moderation: what is shown that was written freely"`
	Assigned   *personBody         `json:"assigned,omitempty"`
	Notes      int                 `json:"notes" doc:"How many notes lie with it"`
	Mine       bool                `json:"mine" doc:"An entry of one's own, which somebody else decides about"`
}

type waitCommitmentBody struct {
	ID      aid.CommitmentID `json:"id"`
	Number  string           `json:"number"`
	State   aid.State        `json:"state"`
	Name    string           `json:"name"`
	Version int64            `json:"version"`
}

// pagesPerPage is how many queries one page of a queue makes at most. One is enough
// where a kota has a page to show, or a kelurahan among some thousand entries of
// its kota.
const pagesPerPage = 12

// queue answers a page of what waits.
func (s *server) queue(ctx context.Context, in *queueInput) (*queueAnswer, error) {
	t := tabs[slices.IndexFunc(tabs, func(t tab) bool { return t.name == in.Tab })]
	who, within, err := s.asks(ctx, t.duty, in.Area)
	if err != nil {
		return nil, err
	}
	now := s.instant()
	a := &queueAnswer{queueBody{Tab: t.name, AsOf: now, Items: []waitBody{}}}
	from, at, err := openQueue(in.Cursor)
	if err != nil {
		return nil, err
	}
	stretches := s.stretches(who, t, within, now)
	pages := 0
	for i := from; i < len(stretches); i++ {
		for {
			p := stretches[i]
			read, next, err := s.store.WorkOf(ctx, p.lane, p.kota, p.from, p.to, theirs(who, within), at, in.Limit-len(a.Body.Items))
			if err != nil {
				return nil, err
			}
			shown, err := s.waiting(ctx, who, within, read)
			if err != nil {
				return nil, err
			}
			a.Body.Items = append(a.Body.Items, shown...)
			at, pages = next, pages+1
			if len(a.Body.Items) >= in.Limit || pages == pagesPerPage {
				a.Body.Next = sealQueue(i, next, len(stretches))
				return a, nil
			}
			if next == "" {
				break
			}
		}
	}
	return a, nil
}

// asks returns who calls for what waits, and in which area.
func (s *server) asks(ctx context.Context, duty aid.Deed, code string) (caller, area.Code, error) {
	who, err := s.role(ctx, duty)
	if err != nil || code == "" {
		return who, "", err
	}
	within, err := area.Parse(code)
	if err != nil {
		return who, "", invalid("/area", "unknown", "no such area")
	}
	return who, within, nil
}

// The cursor of a queue says in which stretch to go on, and where in it.
func sealQueue(stretch int, at string, most int) string {
	if at == "" {
		stretch++
	}
	if stretch >= most {
		return ""
	}
	return strconv.Itoa(stretch) + "." + at
}

func openQueue(cursor string) (stretch int, at string, err error) {
	if cursor == "" {
		return 0, "", nil
	}
	n, at, ok := strings.Cut(cursor, ".")
	stretch, err = strconv.Atoi(n)
	if !ok || err != nil || stretch < 0 {
		return 0, "", fmt.Errorf("cursor: %w", aid.ErrNotFound)
	}
	return stretch, at, nil
}

// waiting turns entries of the index into what is shown of them: those that are
// the caller's to see, as they stand now.
func (s *server) waiting(ctx context.Context, who caller, within area.Code, read []table.WorkItem) ([]waitBody, error) {
	read = slices.DeleteFunc(read, func(w table.WorkItem) bool { return !about(who, within, w.Area) && w.Kind != table.WorkComplaint })
	if len(read) == 0 {
		return nil, nil
	}
	facts, err := s.store.WorkFacts(ctx, read)
	if err != nil {
		return nil, err
	}
	var shown []waitBody
	var objects []string
	for _, w := range read {
		body, ok, err := s.waitOf(ctx, who, w, facts)
		if err != nil {
			return nil, err
		}
		if ok {
			shown, objects = append(shown, body), append(objects, objectOf(w))
		}
	}
	if who.Role == aid.StaffAggregator || len(shown) == 0 {
		return shown, nil
	}
	desks, err := s.store.Desks(ctx, slices.Compact(slices.Sorted(slices.Values(objects))))
	if err != nil {
		return nil, err
	}
	for i, o := range objects {
		shown[i].Assigned, shown[i].Notes = assignedTo(desks[o]), desks[o].Notes
	}
	return shown, nil
}

// objectOf names what waits as desks do.
func objectOf(w table.WorkItem) string {
	return Thing{Kind: string(w.Kind), ID: w.ID, Of: w.Commitment}.object()
}

// waitOf returns what is shown of one entry, and false when the caller sees none
// of it: the index follows the ledger with a delay, and knows no complaint's unit
// and no aggregator.
func (s *server) waitOf(ctx context.Context, who caller, w table.WorkItem, facts table.WorkFacts) (waitBody, bool, error) {
	body := waitBody{Kind: w.Kind, ID: w.ID, At: w.At, Area: w.Area, AreaName: s.pack.AreaName(w.Area)}
	if r, ok := facts.Recipients[w.Recipient]; ok {
		body.Recipient = &namedBody{r.ID, r.Name}
	}
	switch w.Kind {
	case table.WorkCommitment, table.WorkEvidence, table.WorkModeration:
		c, ok := facts.Commitments[w.Commitment]
		if !ok || who.Role == aid.StaffAggregator && c.Aggregator != who.Aggregator {
			return body, false, nil
		}
		body.Commitment = &waitCommitmentBody{c.ID, c.ID.Number(), c.State, c.DisplayName(), c.Version}
		body.Title = s.promised(c)
		switch w.Kind {
		case table.WorkEvidence:
			e, ok := facts.Evidence[aid.EvidenceID(w.ID)]
			if !ok || e.Review != "" {
				return body, false, nil
			}
			body.Title = string(e.Kind)
			by, err := s.bringer(ctx, e)
			if err != nil {
				return body, false, err
			}
			body.Mine = by == who.ID
		case table.WorkModeration:
			if m, ok := facts.Moderations[c.ID]; !ok || !m.DecidedAt.IsZero() {
				return body, false, nil
			}
			body.Text = written(c)
		}
		own, err := s.self(ctx, who, c)
		body.Mine = body.Mine || own
		return body, err == nil, err
	case table.WorkNeed:
		n, ok := facts.Needs[aid.NeedID(w.ID)]
		body.Title = cmp.Or(s.catalogue().Packages[n.Package].Name, string(n.Package))
		// Of what is promised in full, or of a place that closed, nobody has to ask
		// whether it is still needed.
		return body, ok && n.Remaining() > 0 && !facts.Recipients[w.Recipient].Closed, nil
	case table.WorkComplaint:
		c, ok := facts.Complaints[aid.ComplaintID(w.ID)]
		body.Title = string(c.Class)
		return body, ok && who.Sees(c), nil
	case table.WorkIdea:
		i, ok := facts.Ideas[aid.IdeaID(w.ID)]
		body.Title = string(i.Topic)
		return body, ok, nil
	case table.WorkProposal:
		p, ok := facts.Proposals[aid.ProposalID(w.ID)]
		if !ok || p.State != aid.ProposalOpen {
			return body, false, nil
		}
		body.Title = string(p.Kind)
		var err error
		body.Mine, err = s.proposed(ctx, who, p.ID)
		return body, err == nil, err
	}
	return body, true, nil
}

// promised says in short what a commitment promises: "2 tangki, 20 galon".
func (s *server) promised(c aid.Commitment) string {
	parts := make([]string, len(c.Lines))
	for i, l := range c.Lines {
		name := l.Free
		if l.Need != "" {
			name = cmp.Or(s.catalogue().Packages[l.Package].Name, string(l.Package))
		}
		// "9 Paket Sembako" says its unit already.
		if !strings.HasPrefix(strings.ToLower(name), strings.ToLower(l.Unit)) {
			name = l.Unit + " " + name
		}
		parts[i] = strconv.FormatInt(l.Quantity, 10) + " " + name
	}
	return strings.Join(parts, ", ")
}

// written is what a commitment shows that was written freely.
func written(c aid.Commitment) string {
	var texts []string
	if c.Name != "" {
		texts = append(texts, c.Name)
	}
	for _, l := range c.Lines {
		for _, text := range []string{l.Equivalent, l.Free} {
			if text != "" && text != aid.HiddenText {
				texts = append(texts, text)
			}
		}
	}
	return strings.Join(texts, " · ")
}

// proposed tells whether the caller made a proposal.
func (s *server) proposed(ctx context.Context, who caller, id aid.ProposalID) (bool, error) {
	_, by, err := s.store.Proposal(ctx, id)
	if errors.Is(err, aid.ErrNotFound) {
		return false, nil
	}
	return by.By == who.ID, err
}

type countsInput struct {
	Area string `query:"area" maxLength:"30" doc:"Only what is in it"`
}

type countsAnswer struct{ Body countsBody }

type countsBody struct {
	AsOf time.Time   `json:"asOf"`
	Tabs []tallyBody `json:"tabs"`
}

type tallyBody struct {
	Tab    string          `json:"tab"`
	Total  int             `json:"total"`
	Capped bool            `json:"capped" doc:"There are more"`
	Areas  []areaCountBody `json:"areas" doc:"Where, by kelurahan; what stands nowhere is in the total alone"`
}

type areaCountBody struct {
	Area  area.Code `json:"area"`
	Name  string    `json:"name"`
	Count int       `json:"count"`
}

// queueCounts answers how much waits in every tab of the caller. What is counted
// is what the index knows: of complaints it does not know whom they name, so those
// are counted one by one, as far as a page goes.
func (s *server) queueCounts(ctx context.Context, in *countsInput) (*countsAnswer, error) {
	who, within, err := s.asks(ctx, aid.ReadQueue, in.Area)
	if err != nil {
		return nil, err
	}
	now := s.instant()
	a := &countsAnswer{countsBody{AsOf: now, Tabs: []tallyBody{}}}
	own := slices.DeleteFunc(slices.Clone(tabs), func(t tab) bool { return !who.Does(t.duty) })
	a.Body.Tabs = make([]tallyBody, len(own))
	group, counting := errgroup.WithContext(ctx)
	for i, t := range own {
		group.Go(func() (err error) {
			a.Body.Tabs[i], err = s.count(counting, who, t, within, now)
			return err
		})
	}
	return a, group.Wait()
}

func (s *server) count(ctx context.Context, who caller, t tab, within area.Code, now time.Time) (tallyBody, error) {
	body := tallyBody{Tab: t.name, Areas: []areaCountBody{}}
	sums := map[area.Code]int{}
	for _, p := range s.stretches(who, t, within, now) {
		counts, capped, err := s.counts(ctx, who, t, within, p)
		if err != nil {
			return body, err
		}
		body.Capped = body.Capped || capped
		for at, n := range counts {
			sums[at] += n
		}
	}
	for at, n := range sums {
		body.Total += n
		if at != "" {
			body.Areas = append(body.Areas, areaCountBody{at, s.pack.AreaName(at), n})
		}
	}
	slices.SortFunc(body.Areas, func(a, b areaCountBody) int { return cmp.Compare(a.Area, b.Area) })
	return body, nil
}

// countedOneByOne is how much of what the index cannot tell apart is counted.
const countedOneByOne = 100

// countedOfOne is how much of one aggregator is counted in a kota.
const countedOfOne = 5_000

// counts counts one stretch by kelurahan.
func (s *server) counts(ctx context.Context, who caller, t tab, within area.Code, p stretch) (map[area.Code]int, bool, error) {
	if t.name != "complaint" && who.Role == aid.StaffAggregator {
		counts := map[area.Code]int{}
		read, next, err := s.store.WorkOf(ctx, p.lane, p.kota, p.from, p.to, theirs(who, within), "", countedOfOne)
		for _, w := range read {
			counts[w.Area]++
		}
		return counts, next != "", err
	}
	if t.name != "complaint" {
		all, capped, err := s.store.WorkCounts(ctx, p.lane, p.kota, p.from, p.to)
		for at := range all {
			if !about(who, within, at) {
				delete(all, at)
			}
		}
		return all, capped, err
	}
	read, next, err := s.store.WorkOf(ctx, p.lane, p.kota, p.from, p.to, nil, "", countedOneByOne)
	if err != nil {
		return nil, false, err
	}
	shown, err := s.waiting(ctx, who, within, read)
	counts := map[area.Code]int{}
	for _, w := range shown {
		counts[w.Area]++
	}
	return counts, next != "", err
}
