package table

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Leaf returns every place of a leaf, ordered by recipient, its needs by ID. A
// leaf without places is an empty slice.
//
// DynamoDB does not isolate a query from transactions: a move that is being
// made may show in one item and not yet in the next. Whoever publishes what it
// read is woken after the move by its stream record, and reads again.
func (l *Ledger) Leaf(ctx context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	places, err := l.places(ctx, leaf, "PK = :pk AND SK >= :from", map[string]types.AttributeValue{
		":pk": text(leafPK(leaf)), ":from": text(firstRecipient),
	})
	if err != nil {
		return nil, fmt.Errorf("read leaf %s: %w", leaf, err)
	}
	return places, nil
}

// Place returns one recipient with its needs and activity, and the leaf it
// stands in. An unknown recipient wraps [aid.ErrNotFound].
func (l *Ledger) Place(ctx context.Context, id aid.RecipientID) (aid.Place, aid.Leaf, error) {
	leaf, err := l.LeafOf(ctx, id)
	if err != nil {
		return aid.Place{}, aid.Leaf{}, err
	}
	places, err := l.places(ctx, leaf, "PK = :pk AND begins_with(SK, :recipient)", map[string]types.AttributeValue{
		":pk": text(leafPK(leaf)), ":recipient": text(placeRange(id)),
	})
	if err != nil {
		return aid.Place{}, aid.Leaf{}, fmt.Errorf("read recipient %s: %w", id, err)
	}
	if len(places) == 0 {
		return aid.Place{}, aid.Leaf{}, fmt.Errorf("recipient %s: %w", id, aid.ErrNotFound)
	}
	return places[0], leaf, nil
}

// LeafOf returns the leaf that a recipient stands in. An unknown recipient
// wraps [aid.ErrNotFound].
func (l *Ledger) LeafOf(ctx context.Context, id aid.RecipientID) (aid.Leaf, error) {
	var p pointerItem
	found, err := get(ctx, l.db, l.name, pointerKey(id), &p)
	if err != nil {
		return aid.Leaf{}, fmt.Errorf("find recipient %s: %w", id, err)
	}
	if !found {
		return aid.Leaf{}, fmt.Errorf("recipient %s: %w", id, aid.ErrNotFound)
	}
	return aid.ParseLeaf(p.Leaf)
}

// places reads a range of a leaf. Items come in the order of their keys, so all
// of one recipient stand together: activity, needs, recipient. A place whose
// recipient is missing belongs to an import that is not finished, and is left
// out.
func (l *Ledger) places(ctx context.Context, leaf aid.Leaf, condition string, values map[string]types.AttributeValue) ([]aid.Place, error) {
	places := []aid.Place{}
	current := aid.Place{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition, ExpressionAttributeValues: values,
	}, func(it item) error {
		var k key
		if err := attributevalue.UnmarshalMap(it, &k); err != nil {
			return err
		}
		id, kind, ok := splitPlaceKey(k.SK)
		if !ok {
			return fmt.Errorf("item %q %q: %w", k.PK, k.SK, ErrForeignKey)
		}
		if current.Recipient.ID != id {
			current = aid.Place{Recipient: aid.Recipient{ID: id}, Needs: []aid.Need{}}
		}
		switch kind {
		case "A":
			var a activityItem
			if err := attributevalue.UnmarshalMap(it, &a); err != nil {
				return fmt.Errorf("decode activity of %s: %w", id, err)
			}
			current.Activity = a.activity()
		case "R":
			var r recipientItem
			if err := attributevalue.UnmarshalMap(it, &r); err != nil {
				return fmt.Errorf("decode recipient %s: %w", id, err)
			}
			current.Recipient = r.recipient(id)
			places = append(places, current)
		default:
			var n needItem
			if err := attributevalue.UnmarshalMap(it, &n); err != nil {
				return fmt.Errorf("decode need %q: %w", k.SK, err)
			}
			current.Needs = append(current.Needs, n.need(id))
		}
		return nil
	})
	return places, err
}

// pointerItem leads from a recipient to its leaf.
type pointerItem struct {
	PK, SK string
	Leaf   string `dynamodbav:"leaf"`
}

func pointerItemOf(r aid.RecipientID, l aid.Leaf) pointerItem {
	k := pointerKey(r)
	return pointerItem{PK: k.PK, SK: k.SK, Leaf: l.String()}
}

// recipientItem is a recipient as it is stored.
type recipientItem struct {
	PK, SK     string
	Name       string          `dynamodbav:"name"`
	Kind       string          `dynamodbav:"kind"`
	Area       string          `dynamodbav:"area"`
	Lng        float64         `dynamodbav:"lng"`
	Lat        float64         `dynamodbav:"lat"`
	Households int64           `dynamodbav:"households"`
	People     int64           `dynamodbav:"people"`
	Steward    string          `dynamodbav:"steward,omitempty"`
	Address    string          `dynamodbav:"address,omitempty"`
	Flags      []flagItem      `dynamodbav:"flags,omitempty"`
	Indicators []indicatorItem `dynamodbav:"indicators,omitempty"`
	Demo       bool            `dynamodbav:"demo,omitempty"`
	Closed     bool            `dynamodbav:"closed,omitempty"`
	Into       string          `dynamodbav:"into,omitempty"`
	Edits      int64           `dynamodbav:"edits,omitempty"`
}

type flagItem struct {
	ID     string `dynamodbav:"id"`
	On     string `dynamodbav:"on"`
	Source string `dynamodbav:"source"`
}

type indicatorItem struct {
	ID     string `dynamodbav:"id"`
	Value  int64  `dynamodbav:"value"`
	On     string `dynamodbav:"on"`
	Source string `dynamodbav:"source"`
}

func recipientItemOf(r aid.Recipient, l aid.Leaf) recipientItem {
	k := recipientKey(l, r.ID)
	it := recipientItem{
		PK: k.PK, SK: k.SK, Name: r.Name, Kind: string(r.Kind), Area: string(r.Area), Lng: r.Point.Lng, Lat: r.Point.Lat,
		Households: r.Households, People: r.People, Steward: r.Steward, Address: r.Address, Demo: r.Demo, Closed: r.Closed,
		Into: string(r.Into), Edits: r.Edits,
	}
	for _, f := range r.Flags {
		it.Flags = append(it.Flags, flagItem{string(f.ID), string(f.On), f.Source})
	}
	for _, i := range r.Indicators {
		it.Indicators = append(it.Indicators, indicatorItem{string(i.ID), i.Value, string(i.On), i.Source})
	}
	return it
}

func (it recipientItem) recipient(id aid.RecipientID) aid.Recipient {
	r := aid.Recipient{
		ID: id, Name: it.Name, Kind: aid.KindID(it.Kind), Area: area.Code(it.Area), Point: aid.Point{Lng: it.Lng, Lat: it.Lat},
		Households: it.Households, People: it.People, Steward: it.Steward, Address: it.Address, Demo: it.Demo, Closed: it.Closed,
		Into: aid.RecipientID(it.Into), Edits: it.Edits,
	}
	for _, f := range it.Flags {
		r.Flags = append(r.Flags, aid.Flag{ID: aid.FlagID(f.ID), On: aid.Day(f.On), Source: f.Source})
	}
	for _, i := range it.Indicators {
		r.Indicators = append(r.Indicators, aid.Indicator{ID: aid.IndicatorID(i.ID), Value: i.Value, On: aid.Day(i.On), Source: i.Source})
	}
	return r
}

// needItem is a need line as it is stored. Remaining repeats what the other
// figures say because a condition of DynamoDB cannot calculate.
//
// Earlier holds how much was needed until an instant, by that instant. It is a
// map, and there even when it is empty, because an update can then remember the
// figure that it replaces without knowing it.
type needItem struct {
	PK, SK      string
	Program     string `dynamodbav:"program"`
	Package     string `dynamodbav:"package"`
	Needed      int64  `dynamodbav:"needed"`
	Committed   int64  `dynamodbav:"committed"`
	Delivered   int64  `dynamodbav:"delivered"`
	Received    int64  `dynamodbav:"received"`
	Remaining   int64  `dynamodbav:"remaining"`
	Source      string `dynamodbav:"source,omitempty"`
	ConfirmedOn string `dynamodbav:"confirmedOn,omitempty"`
	ConfirmedBy string `dynamodbav:"confirmedBy,omitempty"`
	Edits       int64  `dynamodbav:"edits,omitempty"`

	Earlier map[string]int64 `dynamodbav:"earlier"`
	waiting
}

func needItemOf(n aid.Need, l aid.Leaf) needItem {
	k := needKey(l, n.Recipient, n.Package)
	it := needItem{
		PK: k.PK, SK: k.SK, Program: string(n.Program), Package: string(n.Package), Needed: n.Needed, Committed: n.Committed,
		Delivered: n.Delivered, Received: n.Received, Remaining: n.Remaining(), Source: n.Source,
		ConfirmedOn: string(n.ConfirmedOn), ConfirmedBy: n.ConfirmedBy, Edits: n.Edits, Earlier: map[string]int64{},
		waiting: waitingOf(n.Work(l), string(n.ID)),
	}
	for _, l := range n.Earlier {
		// Of two changes at one instant, the first says what was needed before it.
		if _, known := it.Earlier[instantName(l.Until)]; !known {
			it.Earlier[instantName(l.Until)] = l.Needed
		}
	}
	return it
}

func (it needItem) need(r aid.RecipientID) aid.Need {
	p := aid.PackageID(it.Package)
	n := aid.Need{
		ID: aid.NeedOf(r, p), Recipient: r, Program: aid.ProgramID(it.Program), Package: p, Needed: it.Needed, Committed: it.Committed,
		Delivered: it.Delivered, Received: it.Received, Source: it.Source, ConfirmedOn: aid.Day(it.ConfirmedOn), ConfirmedBy: it.ConfirmedBy,
		Edits: it.Edits,
	}
	names := sortedKeys(it.Earlier)
	for _, name := range names[max(0, len(names)-aid.MaxLevels):] {
		if ms, err := strconv.ParseInt(name, 10, 64); err == nil {
			n.Earlier = append(n.Earlier, aid.Level{Until: moment(ms), Needed: it.Earlier[name]})
		}
	}
	return n
}

// instantName spells an instant so that names sort as instants do.
func instantName(at time.Time) string { return fmt.Sprintf("%015d", millis(at)) }

// activityItem is a recipient's activity as it is stored.
type activityItem struct {
	PK, SK        string
	Rev           int64 `dynamodbav:"rev"`
	Open          int64 `dynamodbav:"open"`
	FreeCommitted int64 `dynamodbav:"freeCommitted"`
	FreeDelivered int64 `dynamodbav:"freeDelivered"`
	FreeReceived  int64 `dynamodbav:"freeReceived"`
	Pledged       int64 `dynamodbav:"pledged"`
	Lapsed        int64 `dynamodbav:"lapsed"`
	// Hours is there even when it is empty: an update can add to a map, not make one.
	Hours     map[string]int64 `dynamodbav:"hours"`
	Plan      string           `dynamodbav:"plan,omitempty"`
	PlanOn    string           `dynamodbav:"planOn,omitempty"`
	UpdatedAt int64            `dynamodbav:"updatedAt"`
}

func activityItemOf(r aid.RecipientID, a aid.Activity, l aid.Leaf) activityItem {
	k := activityKey(l, r)
	it := activityItem{
		PK: k.PK, SK: k.SK, Rev: a.Rev, Open: a.Open, FreeCommitted: int64(a.FreeCommitted),
		FreeDelivered: int64(a.FreeDelivered), FreeReceived: int64(a.FreeReceived), Pledged: a.Pledged, Lapsed: a.Lapsed,
		Hours: map[string]int64{}, Plan: string(a.Plan.Method), PlanOn: string(a.Plan.On), UpdatedAt: millis(a.UpdatedAt),
	}
	for hour, n := range a.Hours {
		if n != 0 {
			it.Hours[hourName(hour)] = n
		}
	}
	return it
}

func (it activityItem) activity() aid.Activity {
	a := aid.Activity{
		Rev: it.Rev, Open: it.Open, FreeCommitted: aid.Rupiah(it.FreeCommitted), FreeDelivered: aid.Rupiah(it.FreeDelivered),
		FreeReceived: aid.Rupiah(it.FreeReceived), Pledged: it.Pledged, Lapsed: it.Lapsed, Hours: map[int]int64{},
		Plan: aid.Plan{Method: aid.PlanMethod(it.Plan), On: aid.Day(it.PlanOn)}, UpdatedAt: moment(it.UpdatedAt),
	}
	for name, n := range it.Hours {
		if hour, err := strconv.Atoi(strings.TrimPrefix(name, "h")); err == nil && n != 0 {
			a.Hours[hour] = n
		}
	}
	return a
}
