// BASE_RARE stands before a function that most requests never call, and keeps it out of its callers.
//
// An engine compiles a function of a Wasm module when it is first called. What an optimiser has moved into a hot
// function because nobody else calls it is so compiled by the first request of every fresh isolate, and lies ever
// after between the instructions of all requests, which come from memory when a busy process serves one (measured
// in docs/decisions/008-size-and-speed.md).
#pragma once

#define BASE_RARE [[gnu::cold, gnu::noinline]]
