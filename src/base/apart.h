// BASE_APART stands before a function that not every request calls, and keeps it out of its callers.
//
// An engine compiles a function of a Wasm module when it is first called. What an optimiser has moved into a
// hot function because nobody else calls it is so compiled by the first request of every fresh isolate, and
// lies ever after between the instructions of all requests, which come from memory when a busy process serves
// one (docs/decisions/008-size-and-speed.md has the figures).
#pragma once

#define BASE_APART [[gnu::noinline]]
