// The floor: hands the request on and the answer back. No JavaScript touches a byte.
export default {
  fetch: (request) => fetch(request),
};
