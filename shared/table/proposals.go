package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Propose records a change that somebody else has to approve. The same proposal
// again changes nothing and succeeds; its id with another one wraps
// [aid.ErrExists].
func (t *Table) Propose(ctx context.Context, p aid.Proposal, who aid.Proposer) error {
	if p.State != aid.ProposalOpen || p.Version != 1 || who.By == "" {
		return fmt.Errorf("propose %s: not a new proposal", p.ID)
	}
	open, private := proposalItemOf(p), proposerItemOf(p.ID, who)
	stored, err := encode(open)
	if err != nil {
		return fmt.Errorf("encode proposal %s: %w", p.ID, err)
	}
	apart, err := encode(private)
	if err != nil {
		return fmt.Errorf("encode proposal %s: %w", p.ID, err)
	}
	err = t.transact(ctx, []write{
		create(t.name, stored, func(old item) error {
			var there proposalItem
			if err := attributevalue.UnmarshalMap(old, &there); err != nil {
				return err
			}
			if there.same(open) {
				return errRepeated
			}
			return aid.ErrExists
		}),
		create(t.private, apart, func(item) error { return aid.ErrExists }),
	})
	if err != nil && err != errRepeated {
		return fmt.Errorf("propose %s: %w", p.ID, err)
	}
	return nil
}

// Proposal returns a proposal with who made it and who decided. An unknown one
// wraps [aid.ErrNotFound].
func (t *Table) Proposal(ctx context.Context, id aid.ProposalID) (aid.Proposal, aid.Proposer, error) {
	var it proposalItem
	found, err := get(ctx, t.db, t.name, proposalKey(id), &it)
	if err == nil && !found {
		err = aid.ErrNotFound
	}
	var who proposerItem
	if err == nil {
		_, err = get(ctx, t.db, t.private, proposerKey(id), &who)
	}
	if err != nil {
		return aid.Proposal{}, aid.Proposer{}, fmt.Errorf("read proposal %s: %w", id, err)
	}
	return it.proposal(), who.proposer(), nil
}

// Proposals returns proposals in any state, the newest first, at most limit, and
// the cursor to the rest, empty when there is none.
func (t *Table) Proposals(ctx context.Context, cursor string, limit int) (all []aid.Proposal, next string, err error) {
	before, err := openCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	if before == "" {
		before = "~"
	}
	condition, backwards, most := "PK = :pk AND SK < :before", false, int32(limit)
	consistent := true
	page, err := t.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &t.name, KeyConditionExpression: &condition, ScanIndexForward: &backwards, Limit: &most, ConsistentRead: &consistent,
		ExpressionAttributeValues: keyed{":pk": text(proposalsPK), ":before": text(before)},
	})
	if err != nil {
		return nil, "", fmt.Errorf("read proposals: %w", busy(err))
	}
	all = []aid.Proposal{}
	for _, it := range page.Items {
		var p proposalItem
		if err := attributevalue.UnmarshalMap(it, &p); err != nil {
			return nil, "", fmt.Errorf("decode proposal: %w", err)
		}
		all = append(all, p.proposal())
	}
	if len(page.LastEvaluatedKey) > 0 && len(all) > 0 {
		next = sealCursor(string(all[len(all)-1].ID))
	}
	return all, next, nil
}

// ProposalDecision is what is stored when somebody decides a proposal: its end,
// and if it was approved the change itself, all or nothing.
type ProposalDecision struct {
	Before, After aid.Proposal
	Who           aid.Proposer // with who decided, and why
	Change        *Change      // of a receipt
	Leaf          aid.Leaf     // of totals, with Correction
	Correction    *aid.Correction
}

// DecideProposal stores a decision with what it changes. The same again changes
// nothing and succeeds. A proposal that is no longer as before says wraps
// [aid.ErrStale]; so does one whose commitment is not. What the change refuses
// is refused, and nothing is decided.
func (t *Table) DecideProposal(ctx context.Context, d ProposalDecision) error {
	id := d.Before.ID
	if err := checkDecision(d); err != nil {
		return fmt.Errorf("decide proposal %s: %w", id, err)
	}
	decided := proposalItemOf(d.After)
	stored, err := encode(decided)
	if err != nil {
		return fmt.Errorf("encode proposal %s: %w", id, err)
	}
	apart, err := encode(proposerItemOf(id, d.Who))
	if err != nil {
		return fmt.Errorf("encode proposal %s: %w", id, err)
	}
	x := express("", "#version = :before", keyed{":before": number(d.Before.Version)})
	writes := []write{
		replace(t.name, stored, x, func(old item) error {
			if len(old) == 0 {
				return aid.ErrNotFound
			}
			var there proposalItem
			if err := attributevalue.UnmarshalMap(old, &there); err != nil {
				return err
			}
			if there.Version == decided.Version && there.State == decided.State {
				return errRepeated
			}
			return aid.ErrStale
		}),
		put(t.private, apart),
	}
	if d.Change != nil {
		more, err := t.moveWrites(ctx, *d.Change)
		if err != nil {
			return fmt.Errorf("decide proposal %s: %w", id, err)
		}
		writes = append(writes, more...)
	}
	if d.Correction != nil {
		it, err := encode(correctionItemOf(d.Leaf, *d.Correction))
		if err != nil {
			return fmt.Errorf("encode proposal %s: %w", id, err)
		}
		writes = append(writes, create(t.name, it, func(item) error { return aid.ErrExists }))
	}
	if err := t.transact(ctx, writes); err != nil && err != errRepeated {
		return fmt.Errorf("decide proposal %s: %w", id, err)
	}
	return nil
}

func checkDecision(d ProposalDecision) error {
	after := d.Before
	after.State, after.DecidedAt, after.Version = d.After.State, d.After.DecidedAt, d.Before.Version+1
	if d.Before.State != aid.ProposalOpen || d.After.State == aid.ProposalOpen || after != d.After || d.Who.DecidedBy == "" {
		return errors.New("before and after are not one decision apart")
	}
	if d.After.State != aid.ProposalApproved && (d.Change != nil || d.Correction != nil) {
		return errors.New("what is not approved changes nothing")
	}
	return nil
}

// proposalItem is a proposal as it is stored: nothing of who made it, or why.
type proposalItem struct {
	PK, SK    string
	Kind      string `dynamodbav:"kind"`
	Object    string `dynamodbav:"object"`
	Area      string `dynamodbav:"area,omitempty"`
	Change    string `dynamodbav:"change"`
	State     string `dynamodbav:"state"`
	Version   int64  `dynamodbav:"version"`
	At        int64  `dynamodbav:"at"`
	DecidedAt int64  `dynamodbav:"decidedAt,omitempty"`
	waiting
}

func proposalItemOf(p aid.Proposal) proposalItem {
	k := proposalKey(p.ID)
	return proposalItem{
		PK: k.PK, SK: k.SK, Kind: string(p.Kind), Object: p.Object, Area: string(p.Area), Change: p.Change, State: string(p.State),
		Version: p.Version, At: millis(p.At), DecidedAt: millis(p.DecidedAt), waiting: waitingOf(p.Work(), string(p.ID)),
	}
}

func (it proposalItem) proposal() aid.Proposal {
	return aid.Proposal{
		ID: aid.ProposalID(it.SK), Kind: aid.ProposalKind(it.Kind), Object: it.Object, Area: area.Code(it.Area), Change: it.Change,
		State: aid.ProposalState(it.State), Version: it.Version, At: moment(it.At), DecidedAt: moment(it.DecidedAt),
	}
}

// same tells whether two proposals ask for the same, whenever they were made.
func (it proposalItem) same(other proposalItem) bool {
	return it.Kind == other.Kind && it.Object == other.Object && it.Change == other.Change
}

// proposerItem is who is behind a proposal, as it is stored.
type proposerItem struct {
	PK, SK    string
	By        string `dynamodbav:"by" personal:"which member of staff proposed a change; so that somebody else decides, and an auditor can tell; ten years"`
	Name      string `dynamodbav:"name" personal:"name of that member of staff; so that colleagues know who it was; ten years"`
	Reason    string `dynamodbav:"reason" personal:"why, in the words of that member of staff; to decide; ten years"`
	DecidedBy string `dynamodbav:"decidedBy,omitempty" personal:"which member of staff decided; so that an auditor can tell; ten years"`
	DecidedAs string `dynamodbav:"decidedAs,omitempty" personal:"name of that member of staff; so that colleagues know who it was; ten years"`
	Why       string `dynamodbav:"why,omitempty" personal:"why, in the words of that member of staff; so that an auditor can tell; ten years"`
}

func proposerItemOf(id aid.ProposalID, w aid.Proposer) proposerItem {
	k := proposerKey(id)
	return proposerItem{
		PK: k.PK, SK: k.SK, By: string(w.By), Name: w.Name, Reason: w.Reason, DecidedBy: string(w.DecidedBy), DecidedAs: w.DecidedAs, Why: w.Why,
	}
}

func (it proposerItem) proposer() aid.Proposer {
	return aid.Proposer{
		By: aid.OfficerID(it.By), Name: it.Name, Reason: it.Reason, DecidedBy: aid.OfficerID(it.DecidedBy), DecidedAs: it.DecidedAs, Why: it.Why,
	}
}
