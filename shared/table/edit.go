package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// RecipientEdit is what an office makes of a recipient.
type RecipientEdit struct {
	Before aid.Recipient // as it was read; zero where it is new
	After  aid.Recipient // its Edits are not looked at
	Leaf   aid.Leaf
	// Steward is the private contact that replaces the one so far; nil leaves it.
	Steward *aid.Contact
	By      aid.StaffRole
	At      time.Time
}

// PutRecipient stores a recipient, the version that it replaces, the steward's
// contact if one is given, and that something public changed, all or nothing. It
// does not close one; that is [Table.CloseRecipient]'s. Where households or
// people become fewer, the totals of the leaf may fall: a correction says so.
//
// A new one that is there already wraps [aid.ErrExists], one that changed since
// it was read, or is gone, [aid.ErrStale]. A request that is repeated under the
// same act changes nothing, see [Acting].
func (t *Table) PutRecipient(ctx context.Context, e RecipientEdit) error {
	if err := checkEdit(e); err != nil {
		return fmt.Errorf("put recipient %s: %w", e.After.ID, err)
	}
	writes, err := t.editWrites(e)
	if err != nil {
		return fmt.Errorf("encode recipient %s: %w", e.After.ID, err)
	}
	if e.Steward != nil {
		contact, err := t.contactWrites(ctx, e.After.ID, *e.Steward)
		if err != nil {
			return fmt.Errorf("put recipient %s: %w", e.After.ID, err)
		}
		writes = append(writes, contact...)
	}
	if err := t.transact(ctx, writes); err != nil && err != errRepeated {
		return fmt.Errorf("put recipient %s: %w", e.After.ID, err)
	}
	return nil
}

// editWrites spells an edit without the steward's contact.
func (t *Table) editWrites(e RecipientEdit) ([]write, error) {
	writes, err := t.recipientWrites(e)
	if err != nil {
		return nil, err
	}
	if c, falls := fewer(e); falls {
		it, err := encode(correctionItemOf(e.Leaf, c))
		if err != nil {
			return nil, fmt.Errorf("encode correction of leaf %s: %w", e.Leaf, err)
		}
		writes = append(writes, put(t.name, it))
	}
	return writes, nil
}

// checkEdit refuses what would lose a recipient: one under another identifier,
// and one that could not be found again.
func checkEdit(e RecipientEdit) error {
	switch {
	case e.Before.ID != "" && e.Before.ID != e.After.ID:
		return fmt.Errorf("before is %s", e.Before.ID)
	case !plain(string(e.After.ID)) || string(e.After.ID) < firstRecipient:
		return errors.New("not an identifier")
	}
	_, err := aid.ParseLeaf(e.Leaf.String())
	return err
}

// edited returns what an edit leads to: the next state, and the version that
// keeps the one before.
func (e RecipientEdit) edited() (aid.Recipient, aid.RecipientVersion) {
	after := e.After
	v := aid.RecipientVersion{At: e.At, By: e.By, Changed: []string{"new"}}
	if after.Edits = 0; e.Before.ID != "" {
		after.Edits = e.Before.Edits + 1
		v.Before, v.Changed = e.Before, aid.Changed(e.Before, after)
		v.Before.Steward = ""
	}
	if e.Steward != nil && !slices.Contains(v.Changed, "new") {
		v.Changed = append(v.Changed, "contact")
	}
	v.Version = after.Version()
	return after, v
}

// recipientWrites spells what of an edit is in the ledger. The recipient stands
// first, so that it is what a refusal is about.
func (t *Table) recipientWrites(e RecipientEdit) ([]write, error) {
	after, version := e.edited()
	stored, err := encode(recipientItemOf(after, e.Leaf))
	if err != nil {
		return nil, err
	}
	kept, err := encode(versionItemOf(after.ID, version))
	if err != nil {
		return nil, err
	}
	if e.Before.ID == "" {
		pointer, err := encode(pointerItemOf(after.ID, e.Leaf))
		if err != nil {
			return nil, err
		}
		activity, err := encode(activityItemOf(after.ID, aid.Activity{Rev: 1, UpdatedAt: e.At}, e.Leaf))
		if err != nil {
			return nil, err
		}
		taken := func(item) error { return aid.ErrExists }
		return []write{create(t.name, pointer, taken), create(t.name, stored, taken), create(t.name, activity, taken), put(t.name, kept)}, nil
	}
	// The recipient's own item holds no counter, so it may be replaced.
	return []write{
		replace(t.name, stored, unedited(e.Before.Edits, nil), func(item) error { return aid.ErrStale }),
		put(t.name, kept),
		t.activity(aid.Commitment{Recipient: after.ID, Leaf: e.Leaf}, aid.Standing{}, e.At),
	}, nil
}

// unedited is the condition that something is there and was edited as often as
// it was when it was read.
func unedited(edits int64, values keyed) expression {
	if edits == 0 {
		return express("", present+" AND attribute_not_exists(#edits)", values)
	}
	if values == nil {
		values = keyed{}
	}
	values[":edits"] = number(edits)
	return express("", "#edits = :edits", values)
}

// fewer returns the correction by which the totals of a leaf may fall with an
// edit, and false where they do not. Its reason is read in reports.
func fewer(e RecipientEdit) (aid.Correction, bool) {
	falls := e.After.Households < e.Before.Households || e.After.People < e.Before.People
	return aid.Correction{On: e.At, Reason: "jumlah KK atau jiwa dikoreksi: " + string(e.After.ID), By: officeOf(e.By)}, falls
}

// officeOf names the office that answers for a correction, never a person.
func officeOf(role aid.StaffRole) string {
	switch role {
	case aid.StaffAssessor:
		return "petugas pendataan"
	case aid.StaffVerifier:
		return "petugas verifikasi"
	case aid.StaffKelurahan:
		return "petugas kelurahan"
	}
	return "petugas"
}

// contactWrites spells how a steward's contact is replaced, and by which number
// the recipient is found.
func (t *Table) contactWrites(ctx context.Context, r aid.RecipientID, c aid.Contact) ([]write, error) {
	var old stewardItem
	if _, err := get(ctx, t.db, t.private, stewardKey(r), &old); err != nil {
		return nil, fmt.Errorf("read steward: %w", err)
	}
	return t.contactReplaced(ctx, r, old.Phone, c)
}

// contactReplaced spells it where the number so far is known.
func (t *Table) contactReplaced(ctx context.Context, r aid.RecipientID, phone string, c aid.Contact) ([]write, error) {
	it, err := encode(stewardItemOf(r, c))
	if err != nil {
		return nil, err
	}
	writes := []write{put(t.private, it)}
	if phone == c.Phone {
		return writes, nil
	}
	key, err := t.Key(ctx)
	if err != nil {
		return nil, err
	}
	if phone != "" {
		writes = append(writes, remove(t.private, stewardOfKey(key, phone, r)))
	}
	if c.Phone != "" {
		it, err := encode(stewardOfItemOf(key, c.Phone, r))
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.private, it))
	}
	return writes, nil
}

// maxStewards bounds how many recipients one number is looked up for.
const maxStewards = 20

// StewardsWith returns which recipients are answered for by somebody with this
// telephone number, at most 20, ordered.
func (t *Table) StewardsWith(ctx context.Context, phone string) ([]aid.RecipientID, error) {
	all := []aid.RecipientID{}
	if phone == "" {
		return all, nil
	}
	key, err := t.Key(ctx)
	if err != nil {
		return nil, err
	}
	condition := "PK = :pk"
	found := []aid.RecipientID{}
	err = query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.private, KeyConditionExpression: &condition,
		ExpressionAttributeValues: keyed{":pk": text(stewardOfKey(key, phone, "").PK)},
	}, func(it item) error {
		var k stewardOfItem
		err := attributevalue.UnmarshalMap(it, &k)
		found = append(found, aid.RecipientID(k.SK))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find stewards by number: %w", err)
	}
	for _, r := range found[:min(len(found), maxStewards)] {
		// An import that replaced the number left its entry behind.
		contact, err := t.Steward(ctx, r)
		switch {
		case errors.Is(err, aid.ErrNotFound):
		case err != nil:
			return nil, err
		case contact.Phone == phone:
			all = append(all, r)
		}
	}
	return all, nil
}

// Versions returns what offices changed about a recipient, the latest first. One
// that was never changed, or is unknown, has none.
func (t *Table) Versions(ctx context.Context, r aid.RecipientID) ([]aid.RecipientVersion, error) {
	condition := "PK = :pk AND begins_with(SK, :prefix)"
	versions := []aid.RecipientVersion{}
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.name, KeyConditionExpression: &condition,
		ExpressionAttributeValues: keyed{":pk": text(recipientPK(r)), ":prefix": text(versionPrefix)},
	}, func(it item) error {
		var v versionItem
		if err := attributevalue.UnmarshalMap(it, &v); err != nil {
			return err
		}
		version, err := v.version()
		versions = append(versions, version)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read versions of %s: %w", r, err)
	}
	slices.Reverse(versions)
	return versions, nil
}

// NeedEdit is what an office makes of a need.
type NeedEdit struct {
	Before aid.Need // as it was read; zero where it is new
	After  aid.Need // its counters, levels and Edits are not looked at
	Leaf   aid.Leaf
	By     aid.StaffRole
	At     time.Time
}

// PutNeed stores what an office says about a need, and moves what remains along
// with what is needed. How much was needed before is remembered. Where less is
// needed, the totals of the leaf may fall: a correction says so.
//
// A figure below what is promised is an *[aid.InvalidError] that names what is. A
// need that changed since it was read, or that another office added meanwhile,
// wraps [aid.ErrStale]; an unknown recipient wraps [aid.ErrNotFound]. A request
// that is repeated under the same act changes nothing, see [Acting].
func (t *Table) PutNeed(ctx context.Context, e NeedEdit) error {
	writes, err := t.needWrites(e)
	if err == nil {
		err = t.transact(ctx, writes)
	}
	if err != nil && err != errRepeated {
		return fmt.Errorf("put need %s: %w", e.After.ID, err)
	}
	return nil
}

// checkNeedEdit refuses a need that could not be found again.
func checkNeedEdit(e NeedEdit) error {
	n := e.After
	if r, p, ok := splitNeed(n.ID); !ok || r != n.Recipient || p != n.Package || !plain(string(p)) || n.Needed < 0 {
		return fmt.Errorf("not one of %s", n.Recipient)
	}
	return nil
}

func (t *Table) needWrites(e NeedEdit) ([]write, error) {
	if err := checkNeedEdit(e); err != nil {
		return nil, err
	}
	first, err := t.needWrite(e)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	writes := []write{first, t.activity(aid.Commitment{Recipient: e.After.Recipient, Leaf: e.Leaf}, aid.Standing{}, e.At)}
	if e.After.Needed < e.Before.Needed {
		it, err := encode(correctionItemOf(e.Leaf, lessNeeded(e)))
		if err != nil {
			return nil, fmt.Errorf("encode correction of leaf %s: %w", e.Leaf, err)
		}
		writes = append(writes, put(t.name, it))
	}
	return writes, nil
}

func (t *Table) needWrite(e NeedEdit) (write, error) {
	n, stale := e.After, func(item) error { return aid.ErrStale }
	if e.Before.ID == "" {
		it, err := encode(needItemOf(e.edited(), e.Leaf))
		return create(t.name, it, stale), err
	}
	waits, at := workAttributes(n.Work(e.Leaf), string(n.ID))
	x := unedited(e.Before.Edits, keyed{
		":work": at[":work"], ":workAt": at[":workAt"],
		":program": text(string(n.Program)), ":source": text(n.Source), ":on": text(string(n.ConfirmedOn)), ":by": text(n.ConfirmedBy),
		":needed": number(n.Needed), ":was": number(e.Before.Needed), ":more": number(n.Needed - e.Before.Needed), ":fewer": number(e.Before.Needed - n.Needed),
		":next": number(e.Before.Edits + 1),
	})
	x = express("SET #program = :program, #source = :source, #confirmedOn = :on, #confirmedBy = :by, #needed = :needed, #remaining = #remaining + :more, #edits = :next, "+waits+
		remembering(e.Before, n, e.At), x.condition+" AND #needed = :was AND #remaining >= :fewer", x.values)
	return change(t.name, needKey(e.Leaf, n.Recipient, n.Package), x, func(old item) error {
		var it needItem
		if err := attributevalue.UnmarshalMap(old, &it); err != nil {
			return err
		}
		if old == nil || it.Edits != e.Before.Edits || it.Needed != e.Before.Needed {
			return aid.ErrStale
		}
		return &aid.InvalidError{Fields: []aid.Field{aid.PromisedField(it.Needed - it.Remaining)}}
	}), nil
}

// edited returns the need that an edit leads to.
func (e NeedEdit) edited() aid.Need {
	n, b := e.After, e.Before
	if b.ID == "" {
		n.Edits = 0
		return added(n, e.At)
	}
	needed := n.Needed
	n.Committed, n.Delivered, n.Received, n.Needed, n.Earlier = b.Committed, b.Delivered, b.Received, b.Needed, b.Earlier
	n.Edits = b.Edits + 1
	return n.Changed(needed, e.At)
}

// lessNeeded is the correction by which the total of a need may fall.
func lessNeeded(e NeedEdit) aid.Correction {
	return aid.Correction{On: e.At, Reason: "kebutuhan dikoreksi: " + string(e.After.ID), By: officeOf(e.By)}
}

// Closing closes a recipient, or opens it again.
type Closing struct {
	Recipient aid.Recipient // as it was read
	Leaf      aid.Leaf
	Closed    bool
	// Into, of one that closes, is the recipient that it turned out to be.
	Into aid.RecipientID
	By   aid.StaffRole
	At   time.Time
}

// CloseRecipient closes a recipient or opens it again. One that closes takes no
// new commitment; of each of its needs only what is promised stays needed, and a
// correction says that the totals of its leaf may fall. What is promised stays
// where it is. Opening again leaves the needs as they are: an office says anew
// what is needed.
//
// A recipient that changed since it was read, or is gone, wraps [aid.ErrStale];
// one to be merged into another that is not there, or is closed itself, is an
// *[aid.InvalidError]. A request that is repeated under the same act changes
// nothing, see [Acting].
func (t *Table) CloseRecipient(ctx context.Context, c Closing) error {
	const attempts = 8
	for range attempts {
		writes, err := t.closing(ctx, c)
		if err == nil {
			err = t.transact(ctx, writes)
		}
		if err == errOther {
			continue // a promise was made or ended meanwhile
		}
		if err != nil && err != errRepeated {
			return fmt.Errorf("close recipient %s: %w", c.Recipient.ID, err)
		}
		return nil
	}
	return fmt.Errorf("close recipient %s, whose needs change all the time: %w", c.Recipient.ID, aid.ErrBusy)
}

// edit returns what closing makes of the recipient itself.
func (c Closing) edit() RecipientEdit {
	after := c.Recipient
	if after.Closed, after.Into = c.Closed, ""; c.Closed {
		after.Into = c.Into
	}
	return RecipientEdit{Before: c.Recipient, After: after, Leaf: c.Leaf, By: c.By, At: c.At}
}

// correction is that by which the totals may fall. Its reason is read in reports.
func (c Closing) correction() aid.Correction {
	reason := "penerima ditutup: " + string(c.Recipient.ID)
	if c.Into != "" {
		reason = "penerima tercatat dua kali: " + string(c.Recipient.ID) + " adalah " + string(c.Into)
	}
	return aid.Correction{On: c.At, Reason: reason, By: officeOf(c.By)}
}

func (t *Table) closing(ctx context.Context, c Closing) ([]write, error) {
	writes, err := t.recipientWrites(c.edit())
	if err != nil || !c.Closed {
		return writes, err
	}
	if c.Into != "" {
		into, err := t.standing(ctx, c)
		if err != nil {
			return nil, err
		}
		writes = append(writes, into)
	}
	place, _, err := t.Place(ctx, c.Recipient.ID)
	if errors.Is(err, aid.ErrNotFound) {
		return nil, aid.ErrStale
	}
	if err != nil {
		return nil, err
	}
	falls := false
	for _, n := range place.Needs {
		if n.Remaining() == 0 {
			continue
		}
		falls = true
		left := n
		left.Needed -= n.Remaining()
		x := express("SET #needed = :left, #remaining = :zero"+remembering(n, left, c.At), "#needed = :was AND #remaining = :rest", keyed{
			":left": number(left.Needed), ":zero": number(0), ":was": number(n.Needed), ":rest": number(n.Remaining()),
		})
		writes = append(writes, change(t.name, needKey(c.Leaf, n.Recipient, n.Package), x, func(item) error { return errOther }))
	}
	if falls {
		it, err := encode(correctionItemOf(c.Leaf, c.correction()))
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.name, it))
	}
	return writes, nil
}

// standing is the condition that the recipient that another is merged into is
// there and open.
func (t *Table) standing(ctx context.Context, c Closing) (write, error) {
	leaf, err := t.LeafOf(ctx, c.Into)
	if errors.Is(err, aid.ErrNotFound) || c.Into == c.Recipient.ID {
		return write{}, notInto("unknown")
	}
	if err != nil {
		return write{}, err
	}
	x := express("", present+" AND attribute_not_exists(#closed)", nil)
	return write{
		TransactWriteItem: types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &t.name, Key: recipientKey(leaf, c.Into).attributes(), ConditionExpression: &x.condition, ExpressionAttributeNames: x.names,
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}},
		refuse: func(item) error { return notInto("closed") },
	}, nil
}

// notInto refuses to merge a recipient into one that is not there or closed.
func notInto(code string) error {
	return &aid.InvalidError{Fields: []aid.Field{{Pointer: "/into", Code: code, Detail: "not an open recipient"}}}
}

// versionItem is one change of a recipient as it is stored. What was there
// before is one text, for nothing is ever looked for in it.
type versionItem struct {
	PK, SK  string
	Version int64    `dynamodbav:"version"`
	At      int64    `dynamodbav:"at"`
	By      string   `dynamodbav:"by"`
	Changed []string `dynamodbav:"changed,omitempty"`
	Before  string   `dynamodbav:"before,omitempty"`
}

func versionItemOf(r aid.RecipientID, v aid.RecipientVersion) versionItem {
	k := versionKey(r, v.Version)
	it := versionItem{PK: k.PK, SK: k.SK, Version: v.Version, At: millis(v.At), By: string(v.By), Changed: v.Changed}
	if v.Before.ID != "" {
		text, err := json.Marshal(v.Before)
		if err == nil { // it always encodes: texts and numbers
			it.Before = string(text)
		}
	}
	return it
}

func (it versionItem) version() (aid.RecipientVersion, error) {
	v := aid.RecipientVersion{Version: it.Version, At: moment(it.At), By: aid.StaffRole(it.By), Changed: it.Changed}
	if it.Before == "" {
		return v, nil
	}
	return v, json.Unmarshal([]byte(it.Before), &v.Before)
}

// stewardOfItem leads from a telephone number, as a keyed hash, to a recipient
// whose steward has it: the same number at two places may be one place listed
// twice.
type stewardOfItem struct {
	PK, SK string `personal:"keyed hash of the telephone number of a person in charge; to notice a recipient that is listed twice; as long as the recipient is listed"`
}

func stewardOfItemOf(key []byte, phone string, r aid.RecipientID) stewardOfItem {
	k := stewardOfKey(key, phone, r)
	return stewardOfItem{PK: k.PK, SK: k.SK}
}
