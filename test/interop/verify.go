// Verifies ledgers with nothing of ours: golang.org/x/mod/sumdb's note and tlog, which Go's checksum database uses.
//
//	verify ledger FOLDER VKEY     every checkpoint of the folder, its tiles, entries and proofs
//	verify proof FILE VKEY        one C2SP tlog-proof whose extra line holds the entry
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const width = 1 << height

func main() {
	if len(os.Args) != 4 {
		fail("usage: verify ledger|proof PATH VKEY")
	}
	vkey, err := os.ReadFile(os.Args[3])
	check(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	check(err)
	switch os.Args[1] {
	case "ledger":
		verifyLedger(os.Args[2], verifier)
	case "proof":
		verifyProof(os.Args[2], verifier)
	default:
		fail("unknown word " + os.Args[1])
	}
}

// open checks a checkpoint's signature and form: origin, size, root, no more (C2SP tlog-checkpoint).
func open(msg []byte, verifier note.Verifier) tlog.Tree {
	signed, err := note.Open(msg, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		fail("not a checkpoint of " + verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	if copy(tree.Hash[:], root) != tlog.HashSize {
		fail("root of another length")
	}
	return tree
}

// folder reads tiles where C2SP tlog-tiles has them: without the height, and from the full tile when a partial one is gone.
type folder struct {
	root  string
	cache map[string][]byte
}

func (f *folder) Height() int                        { return height }
func (f *folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := f.tile(t)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f *folder) tile(t tlog.Tile) ([]byte, error) {
	path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
	if data, err := f.read(path); err == nil {
		return data, nil
	}
	full := t
	full.W = width
	data, err := f.read(strings.Replace(full.Path(), "tile/8/", "tile/", 1))
	if err != nil {
		return nil, err
	}
	return data[:t.W*tlog.HashSize], nil
}

func (f *folder) read(path string) ([]byte, error) {
	if data, ok := f.cache[path]; ok {
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(f.root, path))
	if err == nil {
		f.cache[path] = data
	}
	return data, err
}

// entries gives the leaves of a bundle: each after its length in two bytes, and nothing left over.
func (f *folder) entries(n int64, w int) [][]byte {
	t := tlog.Tile{H: height, L: 0, N: n, W: w}
	path := strings.Replace(t.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := f.read(path)
	if err != nil {
		t.W = width
		data, err = f.read(strings.Replace(t.Path(), "tile/8/0/", "tile/entries/", 1))
	}
	check(err)
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			fail("a piece of a length in " + path)
		}
		size := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+size {
			fail("a piece of an entry in " + path)
		}
		all = append(all, data[2:2+size])
		data = data[2+size:]
	}
	if len(all) < w {
		fail("too few entries in " + path)
	}
	return all
}

func verifyLedger(root string, verifier note.Verifier) {
	f := &folder{root: root, cache: map[string][]byte{}}
	names, err := os.ReadDir(filepath.Join(root, "checkpoint.d"))
	check(err)
	var trees []tlog.Tree
	for _, name := range names {
		msg, err := os.ReadFile(filepath.Join(root, "checkpoint.d", name.Name()))
		check(err)
		tree := open(msg, verifier)
		if strconv.FormatInt(tree.N, 10) != name.Name() {
			fail("checkpoint.d/" + name.Name() + " is of another size")
		}
		trees = append(trees, tree)
	}
	sort.Slice(trees, func(i, j int) bool { return trees[i].N < trees[j].N })
	newest, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	check(err)
	last := trees[len(trees)-1]
	if open(newest, verifier) != last {
		fail("checkpoint is not the newest of checkpoint.d")
	}
	longest := verifyEntries(f, last)
	proofs := 0
	for i, tree := range trees {
		proofs += verifyTree(f, tree, last)
		if i > 0 && trees[i-1].N > 0 {
			proofs += verifyGrowth(f, trees[i-1], tree)
		}
	}
	fmt.Printf("ok %d checkpoints up to %d entries of up to %d bytes, %d proofs\n", len(trees), last.N, longest, proofs)
}

// verifyEntries recomputes every leaf hash and the whole tree from the bundles alone.
func verifyEntries(f *folder, tree tlog.Tree) int {
	longest := 0
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for n := int64(0); n < tree.N; {
		w := width
		if tree.N-n < width {
			w = int(tree.N - n)
		}
		for _, entry := range f.entries(n/width, w)[:w] {
			if len(entry) > longest {
				longest = len(entry)
			}
			more, err := tlog.StoredHashesForRecordHash(n, tlog.RecordHash(entry), reader)
			check(err)
			stored = append(stored, more...)
			n++
		}
	}
	if tree.N == 0 {
		return 0
	}
	got, err := tlog.TreeHash(tree.N, reader)
	check(err)
	if got != tree.Hash {
		fail("the entries give another root than the checkpoint")
	}
	// Every tile of the newest tree, byte for byte.
	tiles := tlog.NewTiles(height, 0, tree.N)
	for i, t := range tiles {
		// It names every width on the way; only the widest must stand.
		if i+1 < len(tiles) && tiles[i+1].L == t.L && tiles[i+1].N == t.N {
			continue
		}
		want, err := tlog.ReadTileData(t, reader)
		check(err)
		data, err := f.tile(t)
		check(err)
		if !bytes.Equal(want, data) {
			fail("another tile than the entries give: " + t.Path())
		}
	}
	return longest
}

// verifyTree authenticates tiles against a checkpoint and proves the first, the last and a middle record.
func verifyTree(f *folder, tree, last tlog.Tree) int {
	if tree.N == 0 {
		if tree.Hash != sha256.Sum256(nil) {
			fail("the empty tree has another root")
		}
		return 0
	}
	reader := tlog.TileHashReader(tree, f)
	got, err := tlog.TreeHash(tree.N, reader)
	check(err)
	if got != tree.Hash {
		fail(fmt.Sprintf("the tiles give another root at %d", tree.N))
	}
	proofs := 0
	for _, n := range []int64{0, tree.N / 2, tree.N - 1} {
		w := int(last.N - n/width*width)
		if w > width {
			w = width
		}
		leaf := tlog.RecordHash(f.entries(n/width, w)[n%width])
		proof, err := tlog.ProveRecord(tree.N, n, reader)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf))
		proofs++
	}
	return proofs
}

func verifyGrowth(f *folder, older, newer tlog.Tree) int {
	proof, err := tlog.ProveTree(newer.N, older.N, tlog.TileHashReader(newer, f))
	check(err)
	check(tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash))
	return 1
}

func verifyProof(path string, verifier note.Verifier) {
	data, err := os.ReadFile(path)
	check(err)
	head, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("no proof")
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	check(err)
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	check(err)
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		check(err)
		proof = append(proof, hash)
	}
	tree := open(checkpoint, verifier)
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)))
	fmt.Printf("ok entry %d of %d\n", index, tree.N)
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, "FAILED "+message)
	os.Exit(1)
}
