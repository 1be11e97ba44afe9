package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// SubscriptionRequest is a subscription as it is asked for.
type SubscriptionRequest struct {
	Subscription     aid.Subscription
	Fingerprint      string // keyed
	ChallengeID      string
	ChallengeExpires time.Time
}

// Subscribe records a subscription that nobody has confirmed yet, the letter
// that asks for it, and that its challenge is used. It takes no notice of what
// else the address is subscribed to, and tells nothing of it.
//
// Asking the same again writes nothing and returns the subscription as it now
// stands with repeated true. An id under which something else was asked, and is
// not forgotten, wraps [aid.ErrExists], a challenge that paid for something else
// [aid.ErrChallenge].
func (t *Table) Subscribe(ctx context.Context, r SubscriptionRequest) (stored aid.Subscription, repeated bool, err error) {
	s := r.Subscription
	writes, err := encodeWrites(
		created{t.private, subscriptionItemOf(r), nil},
		created{t.name, paidItemOf(r.ChallengeID, string(s.ID), r.ChallengeExpires), func(item) error { return aid.ErrChallenge }},
	)
	if err != nil {
		return aid.Subscription{}, false, fmt.Errorf("encode subscription: %w", err)
	}
	// What has expired may lie about for days.
	x := express("", "attribute_not_exists(#PK) OR #confirmedAt = :never AND #askedAt <= :forgotten", map[string]types.AttributeValue{
		":never": number(0), ":forgotten": number(millis(s.AskedAt.Add(-aid.ConfirmHours * time.Hour))),
	})
	writes[0].Put.ConditionExpression = &x.condition
	writes[0].Put.ExpressionAttributeNames, writes[0].Put.ExpressionAttributeValues = x.names, x.values
	var known subscriptionItem
	writes[0].refuse = func(old item) error {
		if err := attributevalue.UnmarshalMap(old, &known); err != nil {
			return err
		}
		return errRepeated
	}
	letter, err := encode(subscriptionLetterItemOf(s))
	if err != nil {
		return aid.Subscription{}, false, fmt.Errorf("encode letter of a subscription: %w", err)
	}
	switch err := t.transact(ctx, append(writes, put(t.name, letter))); {
	case err == errRepeated:
		return known.repeat(r.Fingerprint)
	case err != nil:
		return aid.Subscription{}, false, fmt.Errorf("subscribe: %w", err)
	}
	return subscriptionItemOf(r).subscription(), false, nil
}

// Subscribed tells whether a subscription was asked for under this id before,
// and is not forgotten at instant now, as [Table.Submitted] does for
// commitments.
func (t *Table) Subscribed(ctx context.Context, id aid.SubscriptionID, fingerprint string, now time.Time) (stored aid.Subscription, repeated bool, err error) {
	it, found, err := t.subscription(ctx, id, now)
	if err != nil || !found {
		return aid.Subscription{}, false, err
	}
	return it.repeat(fingerprint)
}

// Subscription returns a subscription that is not forgotten at instant now. One
// that is wraps [aid.ErrNotFound], as an unknown one does.
func (t *Table) Subscription(ctx context.Context, id aid.SubscriptionID, now time.Time) (aid.Subscription, error) {
	it, found, err := t.subscription(ctx, id, now)
	if err == nil && !found {
		err = fmt.Errorf("subscription: %w", aid.ErrNotFound)
	}
	return it.subscription(), err
}

func (t *Table) subscription(ctx context.Context, id aid.SubscriptionID, now time.Time) (subscriptionItem, bool, error) {
	var it subscriptionItem
	found, err := get(ctx, t.db, t.private, subscriptionKey(id), &it)
	if err != nil {
		return subscriptionItem{}, false, fmt.Errorf("read subscription: %w", err)
	}
	if !found || it.subscription().Gone(now) {
		return subscriptionItem{}, false, nil
	}
	return it, true, nil
}

// ConfirmSubscription records at an instant that the address of a subscription,
// as it was read, is the subscriber's own. From then on its reports are sent, and those of any earlier
// subscription of the same address are not: that one is forgotten.
//
// A confirmed subscription stays as it is, so callers may retry freely. One that
// is forgotten at the instant, or unknown, wraps [aid.ErrNotFound], and so does
// one that was ended since, whatever was asked for under its id then.
func (t *Table) ConfirmSubscription(ctx context.Context, asked aid.Subscription, at time.Time) (aid.Subscription, error) {
	var confirmed aid.Subscription
	err := t.untilSettled(ctx, func() error {
		it, found, err := t.subscription(ctx, asked.ID, at)
		switch {
		case err != nil:
			return err
		case !found || !bytes.Equal(it.SecretHash, asked.SecretHash):
			return aid.ErrNotFound
		case it.ConfirmedAt != 0:
			confirmed = it.subscription()
			return nil
		}
		writes, err := t.confirmation(ctx, it, at)
		if err != nil {
			return err
		}
		it.ConfirmedAt, it.Expires = millis(at), 0
		confirmed = it.subscription()
		return t.transact(ctx, writes)
	})
	if err != nil {
		return aid.Subscription{}, fmt.Errorf("confirm subscription: %w", err)
	}
	return confirmed, nil
}

// confirmation spells what confirms a subscription as it was read.
func (t *Table) confirmation(ctx context.Context, it subscriptionItem, at time.Time) ([]write, error) {
	s := it.subscription()
	changed := express("SET #confirmedAt = :at REMOVE #expires", "#fingerprint = :same AND #confirmedAt = :never", map[string]types.AttributeValue{
		":at": number(millis(at)), ":same": text(it.Fingerprint), ":never": number(0),
	})
	writes := []write{change(t.private, subscriptionKey(s.ID), changed, unsettled)}
	before, err := t.subscriptionOf(ctx, s.Address)
	if err != nil {
		return nil, err
	}
	k := addressKey(s.Address)
	leads, err := encode(addressItem{PK: k.PK, SK: k.SK, Subscription: string(s.ID)})
	if err != nil {
		return nil, err
	}
	if before == "" {
		writes = append(writes, create(t.private, leads, unsettled))
	} else {
		x := express("", "#subscription = :before", map[string]types.AttributeValue{":before": text(string(before))})
		writes = append(writes, replace(t.private, leads, x, unsettled))
	}
	for _, c := range s.Cadences {
		k := subscriberKey(c, s.ID)
		wanted, err := encode(subscriberItem(k))
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.private, wanted))
	}
	if before != "" && before != s.ID {
		writes = append(append(writes, remove(t.private, subscriptionKey(before))), t.unlisting(before)...)
	}
	return writes, nil
}

// EndSubscription forgets a subscription with its address, whether it was
// confirmed or not. One that is unknown or forgotten already is none the worse.
func (t *Table) EndSubscription(ctx context.Context, id aid.SubscriptionID) error {
	err := t.untilSettled(ctx, func() error {
		var it subscriptionItem
		found, err := get(ctx, t.db, t.private, subscriptionKey(id), &it)
		if err != nil || !found {
			return err
		}
		asRead := express("", "#fingerprint = :same AND #confirmedAt = :read", map[string]types.AttributeValue{
			":same": text(it.Fingerprint), ":read": number(it.ConfirmedAt),
		})
		writes := append([]write{removeIf(t.private, subscriptionKey(id), asRead, unsettled)}, t.unlisting(id)...)
		leads, err := t.subscriptionOf(ctx, it.Address)
		if err != nil {
			return err
		}
		if leads == id {
			here := express("", "#subscription = :id", map[string]types.AttributeValue{":id": text(string(id))})
			writes = append(writes, removeIf(t.private, addressKey(it.Address), here, unsettled))
		}
		return t.transact(ctx, writes)
	})
	if err != nil {
		return fmt.Errorf("end subscription: %w", err)
	}
	return nil
}

// unlisting takes a subscription from every list that it may be on.
func (t *Table) unlisting(id aid.SubscriptionID) []write {
	var writes []write
	for _, c := range aid.Cadences {
		writes = append(writes, remove(t.private, subscriberKey(c, id)))
	}
	return writes
}

// subscriptionOf returns the confirmed subscription of an address, empty when
// there is none.
func (t *Table) subscriptionOf(ctx context.Context, address string) (aid.SubscriptionID, error) {
	var it addressItem
	_, err := get(ctx, t.db, t.private, addressKey(address), &it)
	return aid.SubscriptionID(it.Subscription), err
}

// errUnsettled: what was read has changed meanwhile.
var errUnsettled = errors.New("changed since it was read")

func unsettled(item) error { return errUnsettled }

// untilSettled calls try again while somebody else changes what it read, a few
// times at most.
func (t *Table) untilSettled(ctx context.Context, try func() error) error {
	const attempts = 8
	for attempt := 1; ; attempt++ {
		err := try()
		if err != errUnsettled {
			return err
		}
		if attempt == attempts {
			return fmt.Errorf("%w: %w", aid.ErrBusy, err)
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// SubscriberShards is how many lists the subscribers of a cadence are spread
// over: shard 0 and the ones after it.
const SubscriberShards = subscriberShards

// Subscribers lists confirmed subscriptions of a cadence and a shard, ordered by
// ID, those after the given one: at most limit of them, and fewer only where no
// more come.
func (t *Table) Subscribers(ctx context.Context, c aid.Cadence, shard int, after aid.SubscriptionID, limit int) ([]aid.SubscriptionID, error) {
	condition, most, ids := "PK = :pk AND SK > :after", int32(limit), []aid.SubscriptionID{}
	if after == "" {
		after = "!" // no key may be compared with an empty text; this sorts before every id
	}
	errEnough := errors.New("enough")
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.private, KeyConditionExpression: &condition, Limit: &most,
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(subscribersPK(c, shard)), ":after": text(string(after))},
	}, func(it item) error {
		var k key
		if err := attributevalue.UnmarshalMap(it, &k); err != nil {
			return err
		}
		if ids = append(ids, aid.SubscriptionID(k.SK)); len(ids) == limit {
			return errEnough
		}
		return nil
	})
	if err != nil && err != errEnough {
		return nil, fmt.Errorf("list subscribers of %s reports: %w", c, err)
	}
	return ids, nil
}

// mailedDays is how long it is remembered who was written to about a report:
// longer than a stream, or whoever looks after what failed, may take to bring a
// letter again.
const mailedDays = 30

// ClaimMailing records that a subscriber is written to about a report and
// returns true; it returns false when that was recorded before, however long
// ago within a month. Of all who ask at once, one is told true.
func (t *Table) ClaimMailing(ctx context.Context, period string, revision int, id aid.SubscriptionID, at time.Time) (bool, error) {
	k := mailedKey(period, revision, id)
	it, err := encode(mailedItem{PK: k.PK, SK: k.SK, Expires: at.AddDate(0, 0, mailedDays).Unix()})
	if err != nil {
		return false, fmt.Errorf("encode mailing of report %s: %w", period, err)
	}
	// A transaction, though it is one write: when the answer to one is lost and it
	// is sent again, that is not taken for somebody else's.
	err = t.transact(ctx, []write{create(t.private, it, func(item) error { return errRepeated })})
	if err == errRepeated {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("claim mailing of report %s: %w", period, err)
	}
	return true, nil
}

// ReleaseMailing takes back what [Table.ClaimMailing] recorded, for a letter
// that could not be sent. It may be repeated.
func (t *Table) ReleaseMailing(ctx context.Context, period string, revision int, id aid.SubscriptionID) error {
	if err := t.transact(ctx, []write{remove(t.private, mailedKey(period, revision, id))}); err != nil {
		return fmt.Errorf("release mailing of report %s: %w", period, err)
	}
	return nil
}

// putter is the one call that announcing makes.
type putter interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// Reporter reads the ledger, as [Ledger] does, and may announce reports. It can
// write nothing else, and does not know the private table.
type Reporter struct {
	*Ledger
	db putter
}

// OpenReporter prepares to read the ledger, and to announce reports in it, with
// the credentials, region and endpoint of the environment. It makes no call yet.
func OpenReporter(ctx context.Context, ledger string) (*Reporter, error) {
	db, err := open(ctx, ledger)
	if err != nil {
		return nil, err
	}
	return NewReporter(db, ledger), nil
}

// NewReporter uses the ledger through a client that is already prepared.
func NewReporter(db interface {
	reader
	putter
}, ledger string) *Reporter {
	return &Reporter{Ledger: NewLedger(db, ledger), db: db}
}

// AnnounceReport puts the letters about a report into the outbox: to all who
// subscribed to reports like that of its period. The same report again changes
// nothing. Only the first revision is announced by letter: a correction stands
// on the page and in the feed, and nobody is written to twice about one period.
func (r *Reporter) AnnounceReport(ctx context.Context, period string, revision int, at time.Time) error {
	return announce(ctx, r.db, r.name, period, revision, at)
}

// AnnounceReport does as [Reporter.AnnounceReport].
func (t *Table) AnnounceReport(ctx context.Context, period string, revision int, at time.Time) error {
	return announce(ctx, t.db, t.name, period, revision, at)
}

// ContinueMailing puts the nth mailing of a report into the outbox, for those
// whom the ones before it did not reach. The same again changes nothing: the
// first to say where it begins is right.
func (t *Table) ContinueMailing(ctx context.Context, m aid.Mailing, n int64, at time.Time) error {
	return postMailing(ctx, t.db, t.name, m, n, at)
}

func announce(ctx context.Context, db putter, ledger, period string, revision int, at time.Time) error {
	if err := checkReport(period, revision); err != nil {
		return fmt.Errorf("announce report: %w", err)
	}
	if revision > 1 {
		return nil
	}
	return postMailing(ctx, db, ledger, aid.Mailing{Period: period, Revision: revision}, 0, at)
}

func checkReport(period string, revision int) error {
	if _, ok := aid.CadenceOf(period); !ok || revision < 1 {
		return fmt.Errorf("%s revision %d is no report", strconv.Quote(period), revision)
	}
	return nil
}

func postMailing(ctx context.Context, db putter, ledger string, m aid.Mailing, n int64, at time.Time) error {
	if err := checkReport(m.Period, m.Revision); err != nil {
		return fmt.Errorf("post mailing: %w", err)
	}
	it, err := encode(mailingItemOf(m, n, at))
	if err != nil {
		return fmt.Errorf("encode mailing of report %s: %w", m.Period, err)
	}
	condition := absent
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &ledger, Item: it, ConditionExpression: &condition})
	var there *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &there) {
		return fmt.Errorf("post mailing of report %s: %w", m.Period, busy(err))
	}
	return nil
}

// removeIf is a write that deletes an item under a condition.
func removeIf(table string, k key, x expression, refuse func(old item) error) write {
	return write{
		TransactWriteItem: types.TransactWriteItem{Delete: &types.Delete{
			TableName:                 &table,
			Key:                       k.attributes(),
			ConditionExpression:       &x.condition,
			ExpressionAttributeNames:  x.names,
			ExpressionAttributeValues: x.values,
		}},
		refuse: refuse,
	}
}

// subscriptionItem is a subscription as it is stored, with what was asked for
// under its id. Nothing of it is left when it ends: whoever asks again under the
// same id asks anew.
type subscriptionItem struct {
	PK, SK      string
	ID          string   `dynamodbav:"id" personal:"-"`
	Email       string   `dynamodbav:"email" personal:"e-mail address of who wants reports; to send them; until the subscription ends, or 48 hours when nobody confirms it"`
	Address     string   `dynamodbav:"address" personal:"keyed hash of that address; to send each address one letter of a kind; until the subscription ends, or 48 hours when nobody confirms it"`
	Cadences    []string `dynamodbav:"cadences" personal:"which reports somebody wants; to send those; until the subscription ends, or 48 hours when nobody confirms it"`
	Language    string   `dynamodbav:"language" personal:"language of the letters; to be understood; until the subscription ends, or 48 hours when nobody confirms it"`
	SecretHash  []byte   `dynamodbav:"secretHash" personal:"hash of the link that confirms it; to prove the address; until the subscription ends, or 48 hours when nobody confirms it"`
	Fingerprint string   `dynamodbav:"fingerprint" personal:"keyed hash of what was sent; to know a repeat; until the subscription ends, or 48 hours when nobody confirms it"`
	AskedAt     int64    `dynamodbav:"askedAt" personal:"when reports were asked for; to forget what nobody confirms; until the subscription ends, or 48 hours when nobody confirms it"`
	ConfirmedAt int64    `dynamodbav:"confirmedAt" personal:"when the address was proven; to show that reports are wanted; until the subscription ends"`
	Expires     int64    `dynamodbav:"expires,omitempty" personal:"-"` // seconds
}

func subscriptionItemOf(r SubscriptionRequest) subscriptionItem {
	s := r.Subscription
	k := subscriptionKey(s.ID)
	it := subscriptionItem{
		PK: k.PK, SK: k.SK, ID: string(s.ID), Email: s.Email, Address: s.Address, Language: s.Language,
		SecretHash: slices.Clone(s.SecretHash), Fingerprint: r.Fingerprint, AskedAt: millis(s.AskedAt), Expires: s.ConfirmBy().Unix(),
	}
	for _, c := range s.Cadences {
		it.Cadences = append(it.Cadences, string(c))
	}
	return it
}

func (it subscriptionItem) subscription() aid.Subscription {
	s := aid.Subscription{
		ID: aid.SubscriptionID(it.ID), Email: it.Email, Address: it.Address, Language: it.Language,
		SecretHash: slices.Clone(it.SecretHash), AskedAt: moment(it.AskedAt), ConfirmedAt: moment(it.ConfirmedAt),
	}
	for _, c := range it.Cadences {
		s.Cadences = append(s.Cadences, aid.Cadence(c))
	}
	return s
}

func (it subscriptionItem) repeat(fingerprint string) (aid.Subscription, bool, error) {
	if it.Fingerprint != fingerprint {
		return aid.Subscription{}, false, fmt.Errorf("subscription: %w", aid.ErrExists)
	}
	return it.subscription(), true, nil
}

// addressItem leads from an address to its confirmed subscription. Two never
// share one.
type addressItem struct {
	PK, SK       string `personal:"keyed hash of the e-mail address of a subscriber; to send each address one letter of a kind; until the subscription ends"`
	Subscription string `dynamodbav:"subscription" personal:"-"`
}

// subscriberItem says that a confirmed subscription is for a cadence.
type subscriberItem struct {
	PK, SK string `personal:"which reports a subscription is for; to find whom to send a report; until the subscription ends"`
}

// mailedItem remembers that a subscriber was written to about a report.
type mailedItem struct {
	PK, SK  string
	Expires int64 `dynamodbav:"expires" personal:"-"` // seconds
}

// subscriptionLetterItemOf expires with the subscription: nothing is left of
// what nobody confirmed.
func subscriptionLetterItemOf(s aid.Subscription) letterItem {
	k := SubscriptionLetterKey(s.ID)
	return letterItem{
		PK: k.PK, SK: k.SK, Subscription: string(s.ID), Kind: string(aid.LetterSubscribe), At: millis(s.AskedAt), Expires: s.ConfirmBy().Unix(),
	}
}

func mailingItemOf(m aid.Mailing, n int64, at time.Time) letterItem {
	k := ReportLetterKey(m.Period, m.Revision, n)
	return letterItem{
		PK: k.PK, SK: k.SK, Kind: string(aid.LetterReport), Period: m.Period, Revision: m.Revision, Shard: m.Shard, Subscription: string(m.After), At: millis(at),
	}
}
