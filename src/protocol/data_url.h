// "data:image/png;base64,AAAA" as a media block.
#pragma once

#include "chat/request.h"

namespace protocol {

// Fills `block` from `url` (escaped JSON text): base64 data and media type of a data URL, the URL itself
// otherwise. `fallback_type` stands in for a data URL without a media type. False: a data URL that is not
// base64.
bool read_url(chat::Text url, chat::Text fallback_type, chat::Block& block);

// The media type that a file name's extension stands for, or "application/octet-stream".
chat::Text media_type_of(chat::Text file_name);

}  // namespace protocol
