package table

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Officer returns the account of somebody who logs in. One that nobody wrote
// wraps [aid.ErrNotFound].
func (t *Table) Officer(ctx context.Context, id aid.OfficerID) (aid.Account, error) {
	var it officerItem
	found, err := get(ctx, t.db, t.private, officerKey(id), &it)
	if err != nil {
		return aid.Account{}, fmt.Errorf("read officer: %w", err)
	}
	if !found {
		return aid.Account{}, fmt.Errorf("officer: %w", aid.ErrNotFound)
	}
	return it.account(), nil
}

// Officers returns every account, ordered by ID.
func (t *Table) Officers(ctx context.Context) ([]aid.Account, error) {
	condition := "PK = :pk"
	all := []aid.Account{}
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.private, KeyConditionExpression: &condition, ExpressionAttributeValues: keyed{":pk": text(officersPK)},
	}, func(it item) error {
		var o officerItem
		err := attributevalue.UnmarshalMap(it, &o)
		all = append(all, o.account())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read officers: %w", err)
	}
	return all, nil
}

// PutOfficer stores an account as it is after a change; a before with version 0
// says that there is none yet. after has the version that follows.
//
// The same change again changes nothing and succeeds. An account that is no
// longer as before says wraps [aid.ErrStale].
func (t *Table) PutOfficer(ctx context.Context, before, after aid.Account) error {
	if err := checkAccount(before, after); err != nil {
		return fmt.Errorf("put officer: %w", err)
	}
	stored, err := encode(officerItemOf(officerKey(after.ID), after))
	if err != nil {
		return fmt.Errorf("encode officer: %w", err)
	}
	listed, err := encode(officerItemOf(listedOfficerKey(after.ID), after))
	if err != nil {
		return fmt.Errorf("encode officer: %w", err)
	}
	x := express("", absent, nil)
	if before.Version > 0 {
		x = express("", "#version = :before", keyed{":before": number(before.Version)})
	}
	err = t.transact(ctx, []write{
		replace(t.private, stored, x, func(old item) error {
			var there officerItem
			if err := attributevalue.UnmarshalMap(old, &there); err != nil {
				return err
			}
			if there.Version == after.Version && there.account().Same(after) {
				return errRepeated
			}
			return aid.ErrStale
		}),
		put(t.private, listed),
	})
	if err != nil && err != errRepeated {
		return fmt.Errorf("put officer: %w", err)
	}
	return nil
}

func checkAccount(before, after aid.Account) error {
	if after.ID == "" || before.Version > 0 && before.ID != after.ID || after.Version != before.Version+1 {
		return fmt.Errorf("from version %d of %q to version %d of %q", before.Version, before.ID, after.Version, after.ID)
	}
	return nil
}

// officerItem is an account as it is stored.
type officerItem struct {
	PK, SK     string
	ID         string   `dynamodbav:"id" personal:"how the identity provider knows a member of staff; to say what they may do; as long as the account"`
	Role       string   `dynamodbav:"role" personal:"role of a member of staff; to say what they may do; as long as the account"`
	Areas      []string `dynamodbav:"areas,omitempty" personal:"areas that a member of staff answers for; to say what they may do; as long as the account"`
	Aggregator string   `dynamodbav:"aggregator,omitempty" personal:"aggregator that somebody works for; to say what they may do; as long as the account"`
	Name       string   `dynamodbav:"name" personal:"name of a member of staff; so that colleagues know who it is; as long as the account"`
	Suspended  bool     `dynamodbav:"suspended,omitempty" personal:"that somebody may do nothing at present; to deny it; as long as the account"`
	Version    int64    `dynamodbav:"version" personal:"-"`
	ChangedAt  int64    `dynamodbav:"changedAt" personal:"-"`
}

func officerItemOf(k key, a aid.Account) officerItem {
	it := officerItem{
		PK: k.PK, SK: k.SK, ID: string(a.ID), Role: string(a.Role), Aggregator: string(a.Aggregator), Name: a.Name,
		Suspended: a.Suspended, Version: a.Version, ChangedAt: millis(a.ChangedAt),
	}
	for _, code := range a.Areas {
		it.Areas = append(it.Areas, string(code))
	}
	return it
}

func (it officerItem) account() aid.Account {
	a := aid.Account{
		Staff: aid.Staff{ID: aid.OfficerID(it.ID), Role: aid.StaffRole(it.Role), Aggregator: aid.AggregatorID(it.Aggregator)},
		Name:  it.Name, Suspended: it.Suspended, Version: it.Version, ChangedAt: moment(it.ChangedAt),
	}
	for _, code := range it.Areas {
		a.Areas = append(a.Areas, area.Code(code))
	}
	return a
}
