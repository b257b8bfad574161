/** Content type of a share of a model: a courier delivers it, and the result store hands it to no person. */
export const modelShareType = 'application/vnd.collabnet.model-share';
