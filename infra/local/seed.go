package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/infra/local/engine"
	"ksbb/infra/local/issuer"
	"ksbb/infra/local/stack"
	"ksbb/infra/local/template"
	"ksbb/shared/aid"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

// rwPoints is where the RW of Jakarta stand, relative to the template. The file
// lies beside the project, not in it; without it RW stand around the middle
// of their kelurahan.
const rwPoints = "../shared/data/jakarta_rw_points.csv"

// worldNumber chooses the invented world: always the same one.
const worldNumber = 2020

// seed fills an empty ledger with invented recipients, on the points in a file
// if that is there. Doing it again changes nothing.
func seed(pointsFile string) func(context.Context, stack.Seeding) error {
	return func(ctx context.Context, to stack.Seeding) error {
		pack, err := region.Load(to.Parameters["RegionPack"])
		if err != nil {
			return err
		}
		points, err := readPoints(pointsFile, pack)
		if err != nil {
			return err
		}
		now := time.Now()
		today := aid.DayOf(now, pack.Zone)
		listings, err := demo.Make(pack, worldNumber, points, today)
		if err != nil {
			return err
		}
		to.Progress("demo data: %d recipients, %d known points", len(listings), len(points))
		facts := table.New(wholeBatches{open(to)}, to.Ledger, to.Private)
		for _, c := range demo.Corrections(pack, listings) {
			if err := facts.RecordCorrection(ctx, c.Leaf, c.Correction); err != nil {
				return err
			}
		}
		for _, o := range demo.Officers(pack, now) {
			// One that was changed since the first run stays as it is.
			if err := facts.PutOfficer(ctx, aid.Account{}, o); err != nil && !errors.Is(err, aid.ErrStale) {
				return err
			}
		}
		return facts.Load(ctx, listings, pack.Catalogue(), now)
	}
}

// staff lists every officer that there is, with what they do.
func staff(ctx context.Context, from stack.Seeding) ([]issuer.Person, error) {
	pack, err := region.Load(from.Parameters["RegionPack"])
	if err != nil {
		return nil, err
	}
	accounts, err := table.New(open(from), from.Ledger, from.Private).Officers(ctx)
	if err != nil {
		return nil, err
	}
	var people []issuer.Person
	for _, role := range aid.StaffRoles {
		for _, a := range accounts {
			if a.Role == role {
				people = append(people, issuer.Person{Subject: string(a.ID), Name: a.Name, Email: string(a.ID) + "@contoh.invalid", Duty: duty(pack, a)})
			}
		}
	}
	return people, nil
}

// duties say what an officer is, in the words of the console.
var duties = map[aid.StaffRole]string{
	aid.StaffAdmin: "pengelola", aid.StaffAssessor: "penilai", aid.StaffVerifier: "pemeriksa", aid.StaffKelurahan: "kelurahan",
	aid.StaffComplaints: "petugas aduan", aid.StaffAggregator: "mitra penyalur",
}

func duty(pack *region.Pack, a aid.Account) string {
	words := []string{duties[a.Role]}
	for _, code := range a.Areas {
		words = append(words, pack.AreaName(code))
	}
	if g, ok := pack.Catalogue().Aggregators[a.Aggregator]; ok {
		words = append(words, g.Name)
	}
	if a.Suspended {
		words = append(words, "dinonaktifkan")
	}
	return strings.Join(words, " · ")
}

func open(to stack.Seeding) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: &to.DynamoDB, Region: template.Region,
		Credentials: credentials.NewStaticCredentialsProvider(engine.Key, engine.Secret, ""),
	})
}

// stewardSecret derives the secret that an officer would hand to a steward.
func stewardSecret(ctx context.Context, from stack.Seeding, recipient string) (string, error) {
	facts, id := table.New(open(from), from.Ledger, from.Private), aid.RecipientID(recipient)
	if _, err := facts.LeafOf(ctx, id); errors.Is(err, aid.ErrNotFound) {
		return "", fs.ErrNotExist
	} else if err != nil {
		return "", err
	}
	key, err := facts.Key(ctx)
	if err != nil {
		return "", err
	}
	access, err := facts.Access(ctx, id)
	if err != nil {
		return "", err
	}
	return aid.StewardSecret(key, id, access.Version), nil
}

// wholeBatches writes a batch as one transaction. DynamoDB writes its items
// apart, and so does the local engine, which waits for the disk after each:
// 20,000 times for a city.
type wholeBatches struct{ *dynamodb.Client }

// BatchWriteItem puts everything or nothing; it leaves nothing unprocessed.
func (c wholeBatches) BatchWriteItem(ctx context.Context, in *dynamodb.BatchWriteItemInput, options ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error) {
	var all []types.TransactWriteItem
	for name, requests := range in.RequestItems {
		for _, r := range requests {
			if r.PutRequest == nil {
				return nil, errors.New("write batch: only puts are expected of a seed")
			}
			all = append(all, types.TransactWriteItem{Put: &types.Put{TableName: &name, Item: r.PutRequest.Item}})
		}
	}
	if _, err := c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: all}, options...); err != nil {
		return nil, err
	}
	return &dynamodb.BatchWriteItemOutput{}, nil
}

// readPoints reads the points of RW that lie in the region; the file speaks of
// one region only.
func readPoints(file string, pack *region.Pack) ([]demo.RWPoint, error) {
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read RW points: %w", err)
	}
	defer f.Close()
	all, err := demo.ReadRWPoints(f)
	if err != nil {
		return nil, err
	}
	var points []demo.RWPoint
	for _, p := range all {
		if _, ok := pack.Area(p.Kelurahan); ok {
			points = append(points, p)
		}
	}
	return points, nil
}
