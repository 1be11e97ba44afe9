package table

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// RevealRequest asks to see the contact of a recipient's steward for one
// commitment.
type RevealRequest struct {
	Commitment   aid.CommitmentID
	Recipient    aid.RecipientID
	Collaborator aid.CollaboratorID
	Network      string // where the request comes from, already coarsened
	Day          aid.Day
	At           time.Time
	Limits       aid.Limits
}

// The region's budget is made from the days before: a region grows into its
// use, and a sudden harvest of contacts does not fit into it.
const (
	regionDays   = 14
	regionFactor = 2
)

// Reveal charges the showing of a steward's contact to four budgets of the day
// (contact, recipient, network, region) and records who saw it: all or nothing.
// The region may reveal twice the mean of the 14 days before, never fewer than
// its limits say.
//
// A commitment for which the contact was shown already is not charged again and
// succeeds, so callers may retry freely. A budget that is used up refuses with
// *[aid.QuotaError], which names the first of them in the order above.
func (t *Table) Reveal(ctx context.Context, r RevealRequest) error {
	if _, err := aid.ParseDay(string(r.Day)); err != nil {
		return fmt.Errorf("reveal steward of %s for commitment %s: %w", r.Recipient, r.Commitment, err)
	}
	region, err := t.regionBudget(ctx, r.Day, r.Limits)
	if err != nil {
		return fmt.Errorf("read region budget of %s: %w", r.Day, err)
	}
	shown, err := encode(revealItemOf(r))
	if err != nil {
		return fmt.Errorf("encode reveal of commitment %s: %w", r.Commitment, err)
	}
	seen, err := encode(seenItemOf(r))
	if err != nil {
		return fmt.Errorf("encode reveal of commitment %s: %w", r.Commitment, err)
	}
	day, err := encode(lookItemOf(seenOnKey(r.Day, r.At, r.Commitment), Look{At: r.At, By: aid.Collaborator, Commitment: r.Commitment, Recipient: r.Recipient}))
	if err != nil {
		return fmt.Errorf("encode reveal of commitment %s: %w", r.Commitment, err)
	}
	writes := []write{
		create(t.private, shown, func(item) error { return errRepeated }),
		put(t.private, seen),
		put(t.private, day),
	}
	for _, b := range budgets(r, region) {
		writes = append(writes, t.charge(b))
	}
	if err := t.transact(ctx, writes); err != nil && err != errRepeated {
		return fmt.Errorf("reveal steward of %s for commitment %s: %w", r.Recipient, r.Commitment, err)
	}
	return nil
}

// budget is one daily count with its ceiling.
type budget struct {
	kind, id string
	day      aid.Day
	limit    int
	// days is how long the count is kept after its day. Counts that stand for a
	// person or a place on the net go as soon as they are of no use.
	days int
}

func regionCount(day aid.Day, limit int) budget {
	return budget{kind: "region", day: day, limit: limit, days: 2 * regionDays}
}

func budgets(r RevealRequest, region int) []budget {
	return []budget{
		{"contact", string(r.Collaborator), r.Day, r.Limits.RevealsContact, 2},
		{"recipient", string(r.Recipient), r.Day, r.Limits.RevealsRecipient, 2},
		{"network", r.Network, r.Day, r.Limits.RevealsNetwork, 2},
		regionCount(r.Day, region),
	}
}

// charge adds one to a count that is below its limit.
func (t *Table) charge(b budget) write {
	condition := "attribute_not_exists(#count) OR #count < :limit"
	if b.limit <= 0 {
		condition = "#count < :limit" // never: a count that exists is at least 1
	}
	x := express("SET #expires = :expires ADD #count :one", condition, map[string]types.AttributeValue{
		":one": number(1), ":limit": number(int64(b.limit)), ":expires": number(expiry(b)),
	})
	return change(t.private, budgetKey(b), x, func(item) error { return &aid.QuotaError{Budget: b.kind} })
}

// expiry returns when a count may be forgotten, in seconds since 1970.
func expiry(b budget) int64 {
	end, _ := time.Parse(time.DateOnly, string(b.day.Plus(1+b.days))) // Reveal has checked the day
	return end.Unix()
}

// regionBudget returns how many reveals the region allows on day.
func (t *Table) regionBudget(ctx context.Context, day aid.Day, limits aid.Limits) (int, error) {
	condition := "PK = :pk AND SK BETWEEN :from AND :to"
	counts := []int64{}
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.private, KeyConditionExpression: &condition,
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":pk":   text(budgetKey(regionCount(day, 0)).PK),
			":from": text(string(day.Plus(-regionDays))), ":to": text(string(day.Plus(-1))),
		},
	}, func(it item) error {
		var c countItem
		err := attributevalue.UnmarshalMap(it, &c)
		counts = append(counts, c.Count)
		return err
	})
	return regionLimit(counts, limits), err
}

// regionLimit returns twice the mean of the days before, a day without reveals
// counting as zero, and never fewer than the region's minimum.
func regionLimit(counts []int64, limits aid.Limits) int {
	var sum int64
	for _, n := range counts {
		sum += n
	}
	return max(limits.RevealsRegionMin, int(regionFactor*sum/regionDays))
}

// Steward returns the private contact of the person in charge of a recipient.
// An unknown recipient wraps [aid.ErrNotFound]. Showing it to anyone is
// [Table.Reveal]'s to allow.
func (t *Table) Steward(ctx context.Context, r aid.RecipientID) (aid.Contact, error) {
	var it stewardItem
	found, err := get(ctx, t.db, t.private, stewardKey(r), &it)
	if err != nil {
		return aid.Contact{}, fmt.Errorf("read steward of %s: %w", r, err)
	}
	if !found {
		return aid.Contact{}, fmt.Errorf("steward of %s: %w", r, aid.ErrNotFound)
	}
	return aid.Contact{Name: it.Name, Email: it.Email, Phone: it.Phone}, nil
}

// stewardItem is a steward's contact as it is stored.
type stewardItem struct {
	PK, SK string
	Name   string `dynamodbav:"name" personal:"name of the person in charge, which is public too; for collaborators; as long as the recipient is listed"`
	Email  string `dynamodbav:"email" personal:"e-mail address of the person in charge; for collaborators, and to write; as long as the recipient is listed"`
	Phone  string `dynamodbav:"phone" personal:"telephone number of the person in charge; for collaborators; as long as the recipient is listed"`
}

func stewardItemOf(r aid.RecipientID, c aid.Contact) stewardItem {
	k := stewardKey(r)
	return stewardItem{PK: k.PK, SK: k.SK, Name: c.Name, Email: c.Email, Phone: c.Phone}
}

// revealItem says that the steward's contact was shown for a commitment.
type revealItem struct {
	PK, SK string
	At     int64 `dynamodbav:"at" personal:"instant at which a collaborator saw the steward's contact; to show it again without charge; until 90 days after the commitment ended, or erasure"`
}

func revealItemOf(r RevealRequest) revealItem {
	k := revealKey(r.Commitment)
	return revealItem{PK: k.PK, SK: k.SK, At: millis(r.At)}
}

// seenItem answers the steward who asks: who was given my number?
type seenItem struct {
	PK, SK       string
	Commitment   string `dynamodbav:"commitment" personal:"for which commitment the steward's contact was seen; to tell the steward; two years"`
	Collaborator string `dynamodbav:"collaborator" personal:"keyed hash of the e-mail address of who saw it; to tell the steward; two years"`
	By           string `dynamodbav:"by,omitempty" personal:"that an officer saw it, and no collaborator; to tell the steward; two years"`
	At           int64  `dynamodbav:"at" personal:"when it was seen; to tell the steward; two years"`
	Expires      int64  `dynamodbav:"expires" personal:"-"` // seconds
}

func seenItemOf(r RevealRequest) seenItem {
	k := seenKey(r.Recipient, r.At, r.Commitment)
	return seenItem{PK: k.PK, SK: k.SK, Commitment: string(r.Commitment), Collaborator: string(r.Collaborator), At: millis(r.At), Expires: lookExpiry(r.At)}
}

// countItem is a daily count.
type countItem struct {
	PK, SK  string `personal:"keyed hash of an e-mail address, or a network; to bound what one person or network may ask for in a day; two days"`
	Count   int64  `dynamodbav:"count" personal:"-"`
	Expires int64  `dynamodbav:"expires" personal:"-"` // seconds
}
