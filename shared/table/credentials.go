package table

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// Credential returns the private side of a commitment. An unknown or erased one
// wraps [aid.ErrNotFound].
func (t *Table) Credential(ctx context.Context, id aid.CommitmentID) (aid.Credential, error) {
	var it credentialItem
	found, err := get(ctx, t.db, t.private, credentialKey(id), &it)
	if err != nil {
		return aid.Credential{}, fmt.Errorf("read credential of commitment %s: %w", id, err)
	}
	if !found {
		return aid.Credential{}, fmt.Errorf("credential of commitment %s: %w", id, aid.ErrNotFound)
	}
	return it.credential(), nil
}

// CountWrongCode counts one wrong code against a commitment and returns how
// many tries are left, 0 once limit is reached. The count never passes limit,
// whoever calls at once. A call whose answer was lost may count twice: that
// costs a try, it never gives one. An unknown commitment wraps
// [aid.ErrNotFound].
func (t *Table) CountWrongCode(ctx context.Context, id aid.CommitmentID, limit int) (left int, err error) {
	x := express(
		"SET #wrongCodes = #wrongCodes + :one",
		"#wrongCodes < :limit",
		map[string]types.AttributeValue{":one": number(1), ":limit": number(int64(limit))})
	got, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                           &t.private,
		Key:                                 credentialKey(id).attributes(),
		UpdateExpression:                    &x.update,
		ConditionExpression:                 &x.condition,
		ExpressionAttributeNames:            x.names,
		ExpressionAttributeValues:           x.values,
		ReturnValues:                        types.ReturnValueUpdatedNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		if len(refused.Item) == 0 {
			return 0, fmt.Errorf("credential of commitment %s: %w", id, aid.ErrNotFound)
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("count wrong code of commitment %s: %w", id, busy(err))
	}
	var it credentialItem
	if err := attributevalue.UnmarshalMap(got.Attributes, &it); err != nil {
		return 0, fmt.Errorf("count wrong code of commitment %s: %w", id, err)
	}
	return limit - it.WrongCodes, nil
}

// UseChallenge records that a proof of work paid for something that is not a
// submission. One that was used before wraps [aid.ErrChallenge]. As with
// [Submission], the record may be forgotten an hour after expires.
func (t *Table) UseChallenge(ctx context.Context, id string, expires time.Time) error {
	it, err := encode(challengeItemOf(Submission{ChallengeID: id, ChallengeExpires: expires}))
	if err != nil {
		return fmt.Errorf("encode challenge: %w", err)
	}
	condition := absent
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: it, ConditionExpression: &condition})
	var used *types.ConditionalCheckFailedException
	if errors.As(err, &used) {
		return fmt.Errorf("use challenge: %w", aid.ErrChallenge)
	}
	if err != nil {
		return fmt.Errorf("use challenge: %w", busy(err))
	}
	return nil
}

// keyBytes is the length of the installation's key.
const keyBytes = 32

// Key returns the installation's secret key: 32 random bytes, made by whoever
// asks first and the same for everyone ever after.
func (t *Table) Key(ctx context.Context) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.key == nil {
		key, err := t.readKey(ctx)
		if err != nil {
			return nil, err
		}
		t.key = key
	}
	return slices.Clone(t.key), nil
}

func (t *Table) readKey(ctx context.Context) ([]byte, error) {
	var it keyItem
	found, err := get(ctx, t.db, t.private, secretKey, &it)
	if err != nil {
		return nil, fmt.Errorf("read installation key: %w", err)
	}
	if !found {
		if it, err = t.makeKey(ctx); err != nil {
			return nil, fmt.Errorf("make installation key: %w", err)
		}
	}
	if len(it.Key) != keyBytes {
		return nil, fmt.Errorf("installation key has %d bytes, want %d", len(it.Key), keyBytes)
	}
	return it.Key, nil
}

// makeKey stores a fresh key unless another caller was faster, and returns the
// one that is stored.
func (t *Table) makeKey(ctx context.Context) (keyItem, error) {
	it := keyItem{PK: secretKey.PK, SK: secretKey.SK, Key: make([]byte, keyBytes)}
	rand.Read(it.Key) // never fails: crypto/rand ends the program rather than return weak bytes
	fresh, err := encode(it)
	if err != nil {
		return keyItem{}, err
	}
	condition := absent
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                           &t.private,
		Item:                                fresh,
		ConditionExpression:                 &condition,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var taken *types.ConditionalCheckFailedException
	if errors.As(err, &taken) {
		err = attributevalue.UnmarshalMap(taken.Item, &it)
	}
	return it, busy(err)
}

type keyItem struct {
	PK, SK string
	Key    []byte `dynamodbav:"key" personal:"-"`
}

// credentialItem is a credential as it is stored.
type credentialItem struct {
	PK, SK        string
	Commitment    string `dynamodbav:"commitment" personal:"-"`
	Recipient     string `dynamodbav:"recipient" personal:"-"`
	Name          string `dynamodbav:"name" personal:"name of the collaborator; so that the steward knows who comes; until 90 days after the commitment ended, or erasure"`
	Email         string `dynamodbav:"email" personal:"e-mail address of the collaborator; to prove the channel, to write and for the steward; until 90 days after the commitment ended, or erasure"`
	Phone         string `dynamodbav:"phone" personal:"telephone number of the collaborator; for the steward; until 90 days after the commitment ended, or erasure"`
	SignedBy      string `dynamodbav:"signedBy" personal:"name typed under the statement; signature of the promise; until 90 days after the commitment ended, or erasure"`
	SignedAt      int64  `dynamodbav:"signedAt" personal:"instant of the signature; signature of the promise; until 90 days after the commitment ended, or erasure"`
	Language      string `dynamodbav:"language" personal:"language of the collaborator's letters; to be understood; until 90 days after the commitment ended, or erasure"`
	SecretVersion int    `dynamodbav:"secretVersion" personal:"-"`
	SecretHash    []byte `dynamodbav:"secretHash" personal:"hash of the private link; to open one's own commitment; until 90 days after the commitment ended, or erasure"`
	CodeHash      []byte `dynamodbav:"codeHash" personal:"hash of the six digits; to prove the channel; until 90 days after the commitment ended, or erasure"`
	WrongCodes    int    `dynamodbav:"wrongCodes" personal:"-"`
	VerifiedAt    int64  `dynamodbav:"verifiedAt" personal:"instant at which the channel was proven; to reveal contacts only then; until 90 days after the commitment ended, or erasure"`
}

func credentialItemOf(c aid.Credential) credentialItem {
	k := credentialKey(c.Commitment)
	return credentialItem{
		PK: k.PK, SK: k.SK, Commitment: string(c.Commitment), Recipient: string(c.Recipient), Name: c.Contact.Name,
		Email: c.Contact.Email, Phone: c.Contact.Phone, SignedBy: c.Statement.SignedBy, SignedAt: millis(c.Statement.At),
		Language: c.Language, SecretVersion: c.SecretVersion, SecretHash: slices.Clone(c.SecretHash),
		CodeHash: slices.Clone(c.CodeHash), WrongCodes: c.WrongCodes, VerifiedAt: millis(c.VerifiedAt),
	}
}

func (it credentialItem) credential() aid.Credential {
	return aid.Credential{
		Commitment: aid.CommitmentID(it.Commitment), Recipient: aid.RecipientID(it.Recipient),
		Contact:   aid.Contact{Name: it.Name, Email: it.Email, Phone: it.Phone},
		Statement: aid.Statement{SignedBy: it.SignedBy, At: moment(it.SignedAt)},
		Language:  it.Language, SecretVersion: it.SecretVersion, SecretHash: slices.Clone(it.SecretHash),
		CodeHash: slices.Clone(it.CodeHash), WrongCodes: it.WrongCodes, VerifiedAt: moment(it.VerifiedAt),
	}
}
