package table

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// WorkKind is what kind of thing waits.
type WorkKind string

// The kinds.
const (
	WorkCommitment WorkKind = "commitment"
	WorkEvidence   WorkKind = "evidence"
	WorkModeration WorkKind = "moderation" // ID is the commitment's
	WorkComplaint  WorkKind = "complaint"
	WorkIdea       WorkKind = "idea"
	WorkNeed       WorkKind = "need"
	WorkProposal   WorkKind = "proposal"
	WorkImport     WorkKind = "import"
)

// WorkItem is one thing that waits for somebody in an office, as the index by
// lane knows it. The index follows the ledger with a delay: whoever decides
// something reads the thing itself again.
type WorkItem struct {
	Kind       WorkKind
	ID         string
	Recipient  aid.RecipientID  // of all but complaints, ideas, proposals and imports
	Commitment aid.CommitmentID // of evidence and moderation too
	Area       area.Code        // the kelurahan, empty where it is not known
	Aggregator aid.AggregatorID // who carries a commitment, if an aggregator does
	At         time.Time

	key key
}

// Object returns how acts, notes and desks name the thing.
func (w WorkItem) Object() string { return string(w.Kind) + "/" + w.ID }

// Work returns what waits in a lane of a kota, an empty one for the lane of the
// whole region, from one instant, included, to another, not included; zero
// instants are no limit. It is ordered by instant, at most limit, in one Query;
// the cursor leads to the rest, and is empty when there is none.
func (l *Ledger) Work(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time, cursor string, limit int) (items []WorkItem, next string, err error) {
	return l.WorkOf(ctx, lane, kota, from, to, nil, cursor, limit)
}

// WorkOf returns of what [Ledger.Work] does only what is somebody's, as the entry
// alone tells. The one Query reads a whole page of the store, some thousand
// entries, to find at most limit: it may find fewer, and even none, before the
// end.
func (l *Ledger) WorkOf(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time, theirs func(WorkItem) bool, cursor string, limit int) (items []WorkItem, next string, err error) {
	q, err := l.workQuery(lane, kota, from, to, cursor)
	if err != nil || q == nil {
		return []WorkItem{}, "", err
	}
	if theirs == nil {
		most := int32(limit)
		q.Limit = &most
	}
	page, err := l.db.Query(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("read work %s of %q: %w", lane, kota, busy(err))
	}
	items = []WorkItem{}
	last := indexedOf(page.LastEvaluatedKey)
	for i, it := range page.Items {
		e := indexedOf(it)
		w, err := e.item()
		if err != nil {
			return nil, "", err
		}
		if theirs != nil && !theirs(w) {
			continue
		}
		if items = append(items, w); len(items) == limit && i+1 < len(page.Items) {
			last = e
			break
		}
	}
	if last != (indexed{}) {
		next = last.cursor()
	}
	return items, next, nil
}

// WorkCounts returns how many things wait in a lane of a kota in each of its
// kelurahan, from and to as [Ledger.Work] takes them. It reads one page of keys:
// capped says that there are more.
func (l *Ledger) WorkCounts(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time) (counts map[area.Code]int, capped bool, err error) {
	q, err := l.workQuery(lane, kota, from, to, "")
	if err != nil || q == nil {
		return map[area.Code]int{}, false, err
	}
	only := "workAt"
	q.ProjectionExpression = &only
	page, err := l.db.Query(ctx, q)
	if err != nil {
		return nil, false, fmt.Errorf("count work %s of %q: %w", lane, kota, busy(err))
	}
	counts = map[area.Code]int{}
	for _, it := range page.Items {
		counts[indexedOf(it).area()]++
	}
	return counts, len(page.LastEvaluatedKey) > 0, nil
}

// workQuery asks for what lies between two instants, after a cursor. It is nil
// when nothing can lie there.
func (l *Ledger) workQuery(lane aid.Lane, kota area.Code, from, to time.Time, cursor string) (*dynamodb.QueryInput, error) {
	condition, index := "#work = :work AND #workAt BETWEEN :from AND :to", workIndex
	least, most := workBounds(from, to)
	q := &dynamodb.QueryInput{
		TableName: &l.name, IndexName: &index, KeyConditionExpression: &condition, ExpressionAttributeNames: placeholders(condition),
		ExpressionAttributeValues: keyed{":work": text(workName(lane, kota)), ":from": text(least), ":to": text(most)},
	}
	if cursor == "" {
		return q, nil
	}
	e, err := openWork(cursor)
	if err != nil || e.Work != workName(lane, kota) {
		return nil, fmt.Errorf("cursor of work %s: %w", lane, aid.ErrNotFound)
	}
	// Instants move between two pages, and the store refuses to start outside of
	// what is asked for: what lay before it is over, and after it comes nothing.
	switch {
	case e.WorkAt < least:
		return q, nil
	case e.WorkAt > most:
		return nil, nil
	}
	q.ExclusiveStartKey = item{"PK": text(e.PK), "SK": text(e.SK), "work": text(e.Work), "workAt": text(e.WorkAt)}
	return q, nil
}

// workBounds spells between which names instants lie. The name of an instant
// alone sorts before everything that waits for it.
func workBounds(from, to time.Time) (least, most string) {
	least, most = instantName(from), "~"
	if !to.IsZero() {
		most = instantName(to)
	}
	return least, most
}

// waiting are the attributes by which an item stands in the index by lane. What
// nobody has to look at has none, and is not in the index.
type waiting struct {
	Work   string `dynamodbav:"work,omitempty"`
	WorkAt string `dynamodbav:"workAt,omitempty"`
}

// waitingOf spells the attributes of what has this identifier.
func waitingOf(w aid.Work, id string) waiting {
	if w.Lane == "" {
		return waiting{}
	}
	at := instantName(w.At) + "#" + string(w.Area) + "#" + id
	if w.Aggregator != "" {
		at += "#" + string(w.Aggregator)
	}
	return waiting{workName(w.Lane, w.Kota), at}
}

// indexed is an entry of the index by lane.
type indexed struct {
	PK, SK string
	waiting
}

// indexedOf reads an entry, or what a query read of it. Thousands of them are read
// at once.
func indexedOf(it item) indexed {
	said := func(name string) string {
		s, _ := it[name].(*types.AttributeValueMemberS)
		if s == nil {
			return ""
		}
		return s.Value
	}
	return indexed{PK: said("PK"), SK: said("SK"), waiting: waiting{said("work"), said("workAt")}}
}

// aggregator returns who carries what an entry is about, if an aggregator does.
func (e indexed) aggregator() aid.AggregatorID {
	parts := strings.SplitN(e.WorkAt, "#", 4) // instant, kelurahan, id
	if len(parts) < 4 {
		return ""
	}
	return aid.AggregatorID(parts[3])
}

func (e indexed) area() area.Code {
	_, rest, _ := strings.Cut(e.WorkAt, "#")
	code, _, _ := strings.Cut(rest, "#")
	return area.Code(code)
}

// cursor spells where an entry stands in its lane.
func (e indexed) cursor() string {
	return sealCursor(strings.Join([]string{e.Work, e.WorkAt, e.PK, e.SK}, "|"))
}

func openWork(cursor string) (indexed, error) {
	position, err := openCursor(cursor)
	parts := strings.Split(position, "|")
	if err != nil || len(parts) != 4 || parts[2] == "" || parts[3] == "" {
		return indexed{}, fmt.Errorf("cursor of work: %w", aid.ErrNotFound)
	}
	return indexed{PK: parts[2], SK: parts[3], waiting: waiting{parts[0], parts[1]}}, nil
}

// item tells what an entry is about.
func (e indexed) item() (WorkItem, error) {
	w := WorkItem{Area: e.area(), Aggregator: e.aggregator(), key: key{e.PK, e.SK}}
	w.At, _ = auditInstant(e.WorkAt)
	foreign := func() error { return fmt.Errorf("work %q %q: %w", e.PK, e.SK, ErrForeignKey) }
	if r, ok := strings.CutPrefix(e.PK, recipientPrefix); ok {
		w.Recipient = aid.RecipientID(r)
		what, id, _ := strings.Cut(e.SK, "#")
		c, file, _ := strings.Cut(id, "#")
		w.Commitment, w.ID = aid.CommitmentID(c), c
		switch what + "#" {
		case commitmentPrefix:
			w.Kind = WorkCommitment
		case moderationPrefix:
			w.Kind = WorkModeration
		case evidencePrefix:
			w.Kind, w.ID = WorkEvidence, file
		default:
			return WorkItem{}, foreign()
		}
		return w, nil
	}
	switch {
	case strings.HasPrefix(e.PK, leafPrefix):
		r, what, ok := splitPlaceKey(e.SK)
		p, isNeed := strings.CutPrefix(what, "N#")
		if !ok || !isNeed {
			return WorkItem{}, foreign()
		}
		w.Kind, w.Recipient, w.ID = WorkNeed, r, string(aid.NeedOf(r, aid.PackageID(p)))
	case strings.HasPrefix(e.PK, casePrefix):
		w.Kind, w.ID = WorkComplaint, e.SK
	case strings.HasPrefix(e.PK, ideasPrefix):
		w.Kind, w.ID = WorkIdea, e.SK
	case e.PK == proposalsPK:
		w.Kind, w.ID = WorkProposal, e.SK
	case strings.HasPrefix(e.PK, importPrefix):
		w.Kind, w.ID = WorkImport, strings.TrimPrefix(e.PK, importPrefix)
	default:
		return WorkItem{}, foreign()
	}
	return w, nil
}

// WorkFacts are the things that work items name, by their identifiers, and the
// recipients that they are about. What is no longer there is left out.
type WorkFacts struct {
	Commitments map[aid.CommitmentID]aid.Commitment // also those that evidence and moderation belong to
	Evidence    map[aid.EvidenceID]aid.Evidence
	Moderations map[aid.CommitmentID]Moderation
	Needs       map[aid.NeedID]aid.Need
	Complaints  map[aid.ComplaintID]aid.Complaint
	Ideas       map[aid.IdeaID]aid.Idea
	Proposals   map[aid.ProposalID]aid.Proposal
	Recipients  map[aid.RecipientID]aid.Recipient
}

func newWorkFacts() WorkFacts {
	return WorkFacts{
		Commitments: map[aid.CommitmentID]aid.Commitment{}, Evidence: map[aid.EvidenceID]aid.Evidence{}, Moderations: map[aid.CommitmentID]Moderation{},
		Needs: map[aid.NeedID]aid.Need{}, Complaints: map[aid.ComplaintID]aid.Complaint{}, Ideas: map[aid.IdeaID]aid.Idea{},
		Proposals: map[aid.ProposalID]aid.Proposal{}, Recipients: map[aid.RecipientID]aid.Recipient{},
	}
}

// WorkFacts reads what work items name. Imports are read by themselves.
func (t *Table) WorkFacts(ctx context.Context, items []WorkItem) (WorkFacts, error) {
	f := newWorkFacts()
	var keys []key
	for _, w := range items {
		if w.Kind == WorkImport {
			continue
		}
		keys = append(keys, w.key)
		if w.Commitment != "" && w.Kind != WorkCommitment {
			keys = append(keys, commitmentKey(w.Recipient, w.Commitment))
		}
	}
	leaves := map[aid.RecipientID]aid.Leaf{}
	err := t.readAll(ctx, t.name, keys, func(k key, it item) error { return f.add(k, it, leaves) })
	if err != nil {
		return WorkFacts{}, fmt.Errorf("read what waits: %w", err)
	}
	keys = nil
	for _, r := range sortedKeys(leaves) {
		keys = append(keys, recipientKey(leaves[r], r))
	}
	err = t.readAll(ctx, t.name, keys, func(k key, it item) error {
		id, _, _ := splitPlaceKey(k.SK)
		var r recipientItem
		err := attributevalue.UnmarshalMap(it, &r)
		f.Recipients[id] = r.recipient(id)
		return err
	})
	if err != nil {
		return WorkFacts{}, fmt.Errorf("read where it waits: %w", err)
	}
	return f, nil
}

// add decodes one thing, and notes the leaf of its recipient.
func (f WorkFacts) add(k key, it item, leaves map[aid.RecipientID]aid.Leaf) error {
	w, err := indexed{PK: k.PK, SK: k.SK}.item()
	if err != nil {
		return err
	}
	switch w.Kind {
	case WorkCommitment:
		var c commitmentItem
		if err := attributevalue.UnmarshalMap(it, &c); err != nil {
			return err
		}
		commitment, err := c.commitment()
		f.Commitments[w.Commitment], leaves[w.Recipient] = commitment, commitment.Leaf
		return err
	case WorkEvidence:
		var e evidenceItem
		err = attributevalue.UnmarshalMap(it, &e)
		f.Evidence[aid.EvidenceID(w.ID)] = e.evidence()
	case WorkModeration:
		var m moderationItem
		err = attributevalue.UnmarshalMap(it, &m)
		f.Moderations[w.Commitment] = m.moderation()
	case WorkNeed:
		var n needItem
		err = attributevalue.UnmarshalMap(it, &n)
		f.Needs[aid.NeedID(w.ID)] = n.need(w.Recipient)
		leaves[w.Recipient], _ = aid.ParseLeaf(strings.TrimPrefix(k.PK, leafPrefix))
	case WorkComplaint:
		var c complaintItem
		err = attributevalue.UnmarshalMap(it, &c)
		f.Complaints[aid.ComplaintID(w.ID)] = c.complaint()
	case WorkIdea:
		var i ideaItem
		err = attributevalue.UnmarshalMap(it, &i)
		f.Ideas[aid.IdeaID(w.ID)] = i.idea()
	case WorkProposal:
		var p proposalItem
		err = attributevalue.UnmarshalMap(it, &p)
		f.Proposals[aid.ProposalID(w.ID)] = p.proposal()
	}
	return err
}

// readAll reads the items under keys, as many as there are, and calls each with
// those that are there, in no order.
func (t *Table) readAll(ctx context.Context, table string, keys []key, each func(key, item) error) error {
	const most = 100 // of one BatchGetItem
	seen := map[key]bool{}
	var wanted []item
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			wanted = append(wanted, k.attributes())
		}
	}
	for len(wanted) > 0 {
		n := min(most, len(wanted))
		err := t.getFrom(ctx, table, wanted[:n], func(it item) error {
			var k key
			if err := attributevalue.UnmarshalMap(it, &k); err != nil {
				return err
			}
			return each(k, it)
		})
		if err != nil {
			return err
		}
		wanted = wanted[n:]
	}
	return nil
}

// workAttributes are what an update sets so that an item stands where it waits.
func workAttributes(w aid.Work, id string) (update string, values keyed) {
	at := waitingOf(w, id)
	return "#work = :work, #workAt = :workAt", keyed{":work": text(at.Work), ":workAt": text(at.WorkAt)}
}
